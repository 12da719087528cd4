import type { AnyMessage } from '@planwright/contracts';
import { makeMessage, restoreMessage } from '@planwright/contracts';
import type { OutboxRow, RenderInputs } from '@planwright/persistence';
import { renderStep } from './render-step.js';

/** What the publisher needs of the database. */
export interface PublisherStore {
  renderInputs(stepId: string, attempt: number): Promise<RenderInputs | null>;
}

/** What the publisher needs of the broker: resolves when every message is confirmed. */
export interface MessageSink {
  publish(messages: AnyMessage[]): Promise<void>;
}

/**
 * Sends outbox rows: the one place where a row becomes a message. Used right after a commit and by the relay; sending a
 * row twice is harmless, as the copy has the same id.
 */
export class Publisher {
  constructor(
    private readonly store: PublisherStore,
    private readonly broker: MessageSink,
  ) {}

  /** Sends the rows and answers the ids that are done with: confirmed by the broker, or without anything left to send. */
  async publish(rows: readonly OutboxRow[]): Promise<string[]> {
    const messages: AnyMessage[] = [];
    for (const row of rows) {
      const message = await this.messageOf(row);
      if (message) messages.push(message);
    }
    if (messages.length > 0) await this.broker.publish(messages);
    return rows.map((row) => row.id);
  }

  private async messageOf(row: OutboxRow): Promise<AnyMessage | null> {
    const envelope = {
      id: row.id,
      occurred_at: row.occurredAt,
      workspace_id: row.workspaceId,
      run_id: row.runId,
      causation_id: row.causationId,
      traceparent: row.traceparent,
    };
    if (row.name !== 'step.generate') return restoreMessage(row.name, row.payload, envelope);
    const { step_id, attempt } = row.payload as { step_id: string; attempt: number };
    const inputs = await this.store.renderInputs(step_id, attempt);
    // The step went on without this attempt: there is nothing to ask for any more.
    if (!inputs) return null;
    const rendered = renderStep(inputs, envelope);
    if (rendered.ok) return rendered.message;
    // What can't be asked for comes back as the step's failure, by the way every failure comes.
    const { runId: run_id } = inputs;
    return makeMessage(
      'step.failed',
      { run_id, step_id, attempt, failure: rendered.failure, draft: null, usage: null },
      envelope,
    );
  }
}
