import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AnyMessage } from '@planwright/contracts';
import { makeMessage, restoreMessage, stepGenerate } from '@planwright/contracts';
import type { OutboxRow, RenderInputs } from '@planwright/persistence';
import type { Logger } from '@planwright/runtime';
import { renderStep } from './render-step.js';
import type { RenderedStep } from './render-step.js';

/** What the publisher needs of the database. */
export interface PublisherStore {
  /** One answer for each step and attempt, in their order; null where there is nothing to send. */
  renderInputs(fences: readonly { stepId: string; attempt: number }[]): Promise<(RenderInputs | null)[]>;
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
   *
   * The first is on its way while the next is rendered: of ten steps that begin together none waits for all the prompts.
   */
  async publish(rows: readonly OutboxRow[]): Promise<string[]> {
    const inputs = await this.inputsOf(rows);
    const failures: unknown[] = [];
    const failed = new Set<string>();
    const sending: Promise<void>[] = [];
    for (const row of rows) {
      const message = this.messageOf(row, inputs.get(row) ?? null);
      if (!message) continue;
      const sent = this.broker.publish([message]).catch((error: unknown) => {
        failures.push(error);
        failed.add(row.id);
      });
      sending.push(sent);
      if (inputs.has(row)) await nextTurn();
    }
    await Promise.all(sending);
    if (failures.length > 0) {
      if (failures.length === sending.length) throw failures[0];
      this.log.warn({ err: failures[0], rows: failures.length }, 'messages were not taken; the relay sends them again');
    }
    return rows.map((row) => row.id).filter((id) => !failed.has(id));
  }

  /** What the steps among the rows are rendered from: one question for all of them. */
  private async inputsOf(rows: readonly OutboxRow[]): Promise<ReadonlyMap<OutboxRow, RenderInputs | null>> {
    const steps = rows.flatMap((row) => {
      if (row.name !== 'step.generate') return [];
      const fence = this.sound(row, () => FENCE.parse(row.payload));
      return fence ? [{ row, stepId: fence.step_id, attempt: fence.attempt }] : [];
    });
    if (steps.length === 0) return new Map();
    const found = await this.store.renderInputs(steps.map(({ stepId, attempt }) => ({ stepId, attempt })));
    return new Map(steps.map(({ row }, i) => [row, found[i] ?? null]));
  }

  /** Null where there is nothing to send: the step went on without this attempt, or nothing can be made of the row. */
  private messageOf(row: OutboxRow, inputs: RenderInputs | null): AnyMessage | null {
    const envelope = {
      id: row.id,
      occurred_at: row.occurredAt,
      workspace_id: row.workspaceId,
      run_id: row.runId,
      causation_id: row.causationId,
      traceparent: row.traceparent,
    };
    if (row.name !== 'step.generate') return this.sound(row, () => restoreMessage(row.name, row.payload, envelope));
    if (!inputs) return null;
    const rendered = this.sound(row, () => renderStep(inputs, envelope)) ?? UNRENDERABLE;
    if (rendered.ok) return rendered.message;
    // What can't be asked for comes back as the step's failure, by the way every failure comes.
    const fence = { run_id: inputs.runId, step_id: inputs.stepId, attempt: inputs.attempt };
    return makeMessage('step.failed', { ...fence, failure: rendered.failure, draft: null, usage: null }, envelope);
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
