import type { AnyMessage } from '@planwright/contracts';
import { makeMessage, restoreMessage, stepGenerate } from '@planwright/contracts';
import { PublishError } from '@planwright/messaging';
import type { OutboxRow, RenderInputs } from '@planwright/persistence';
import type { Logger } from '@planwright/runtime';
import { renderStep } from './render-step.js';
import type { RenderedStep } from './render-step.js';

/** What the publisher needs of the database. */
export interface PublisherStore {
  renderInputs(stepId: string, attempt: number): Promise<RenderInputs | null>;
}

/** What the publisher needs of the broker: resolves when every message is confirmed. */
export interface MessageSink {
  publish(messages: AnyMessage[]): Promise<void>;
}

/** What an outbox row of `step.generate` holds; the rest is rendered. */
const FENCE = stepGenerate.payload.pick({ step_id: true, attempt: true });

const UNRENDERABLE: RenderedStep = {
  ok: false,
  failure: { code: 'invalid_request', detail: 'The prompt could not be made from its template', resets_at: null },
};

/**
 * Sends outbox rows: the one place where a row becomes a message. Used right after a commit and by the relay; sending a
 * row twice is harmless, as the copy has the same id.
 */
export class Publisher {
  constructor(
    private readonly store: PublisherStore,
    private readonly broker: MessageSink,
    private readonly log: Logger,
  ) {}

  /**
   * Sends the rows and answers the ids that are done with: confirmed by the broker, or without anything left to send.
   * Throws when none of them could be sent.
   */
  async publish(rows: readonly OutboxRow[]): Promise<string[]> {
    const messages: AnyMessage[] = [];
    for (const row of rows) {
      const message = await this.messageOf(row);
      if (message) messages.push(message);
    }
    const failed = new Set<string>();
    try {
      if (messages.length > 0) await this.broker.publish(messages);
    } catch (error) {
      if (!(error instanceof PublishError) || error.failures.length === messages.length) throw error;
      this.log.warn({ err: error }, 'some messages were not taken; the relay sends them again');
      for (const { id } of error.failures) failed.add(id);
    }
    return rows.map((row) => row.id).filter((id) => !failed.has(id));
  }

  /** Null where there is nothing to send: the step went on without this attempt, or nothing can be made of the row. */
  private async messageOf(row: OutboxRow): Promise<AnyMessage | null> {
    const envelope = {
      id: row.id,
      occurred_at: row.occurredAt,
      workspace_id: row.workspaceId,
      run_id: row.runId,
      causation_id: row.causationId,
      traceparent: row.traceparent,
    };
    if (row.name !== 'step.generate') return this.sound(row, () => restoreMessage(row.name, row.payload, envelope));
    const fence = this.sound(row, () => FENCE.parse(row.payload));
    const inputs = fence && (await this.store.renderInputs(fence.step_id, fence.attempt));
    if (!inputs) return null;
    const rendered = this.sound(row, () => renderStep(inputs, envelope)) ?? UNRENDERABLE;
    if (rendered.ok) return rendered.message;
    // What can't be asked for comes back as the step's failure, by the way every failure comes.
    const failed = { ...fence, run_id: inputs.runId, failure: rendered.failure, draft: null, usage: null };
    return makeMessage('step.failed', failed, envelope);
  }

  /** One row that makes no sense must not hold up the others for ever: what it stood for is derived from the rows. */
  private sound<T>(row: OutboxRow, make: () => T): T | null {
    try {
      return make();
    } catch (error) {
      this.log.error({ err: error, row: row.id, name: row.name }, 'nothing can be made of an outbox row');
      return null;
    }
  }
}
