import type { AnyMessage, MessageName } from '@planwright/contracts';
import { restoreMessage } from '@planwright/contracts';
import type { Database, OutboxMessage } from '@planwright/persistence';
import type { Logger } from '@planwright/runtime';
import { newId } from '@planwright/runtime';

/** Where messages go: resolves when each is confirmed. */
export interface MessageSink {
  publish(messages: AnyMessage[]): Promise<void>;
}

/** A command for the outbox, to be written in the transaction that makes it true. */
export function command<N extends MessageName>(
  name: N,
  payload: Extract<AnyMessage, { name: N }>['payload'] & { run_id: string },
  workspaceId: string,
): OutboxMessage {
  return { id: newId(), name, workspaceId, runId: payload.run_id, causationId: null, traceparent: null, payload };
}

/** Sends what was just committed. Whatever fails here is sent by the orchestrators' relay a moment later. */
export class Sender {
  constructor(
    private readonly database: Database,
    private readonly broker: MessageSink,
    private readonly log: Logger,
  ) {}

  async send(rows: readonly OutboxMessage[]): Promise<void> {
    try {
      await this.broker.publish(rows.map(messageOf));
      await this.database.outbox.delete(rows.map((row) => row.id));
    } catch (error) {
      this.log.warn({ err: error }, 'not published at once; the relay will');
    }
  }
}

function messageOf(row: OutboxMessage): AnyMessage {
  const { id, workspaceId, runId, causationId, traceparent } = row;
  return restoreMessage(row.name, row.payload, {
    id,
    occurred_at: new Date().toISOString(),
    workspace_id: workspaceId,
    run_id: runId,
    causation_id: causationId,
    traceparent,
  });
}
