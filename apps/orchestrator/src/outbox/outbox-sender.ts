import type { Database, OutboxRow } from '@planwright/persistence';
import type { Logger } from '@planwright/runtime';
import type { Publisher } from './publisher.js';

/** How long rows that were sent may stay when no transaction comes by that takes them along. The relay waits longer. */
const FLUSH_MS = 200;

/**
 * Sends rows right after the commit that wrote them. Rows the broker has taken are deleted by the next transaction that
 * comes by (`takeSent`), or a moment later: a transaction of their own for each step would be a third of all there are.
 */
export class OutboxSender {
  private sent: string[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly publisher: Publisher,
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  /** Never rejects: what could not be sent is sent by the relay. */
  async send(rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      this.giveBack(await this.publisher.publish(rows));
    } catch (error) {
      this.log.warn({ err: error, rows: rows.length }, 'not published at once; the relay will');
    }
  }

  /** Ids of rows that were sent, for a transaction that deletes them; to be given back should it fail. */
  takeSent(): string[] {
    clearTimeout(this.timer);
    this.timer = undefined;
    return this.sent.splice(0);
  }

  giveBack(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.sent.push(...ids);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Deletes what was sent. Never rejects: a row that stays is sent once more, and its copy has no effect. */
  async flush(): Promise<void> {
    const ids = this.takeSent();
    try {
      await this.database.outbox.delete(ids);
    } catch (error) {
      this.log.warn(
        { err: error, rows: ids.length },
        'rows that were sent could not be deleted; the relay sends them again',
      );
    }
  }
}
