import type { StepClass } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import type { OutboxRow } from '../messages/outbox-row.js';
import { preparedRows } from '../sql.js';
import { handOut } from './hand-out.js';
import type { Round } from './hand-out.js';
import { readLines } from './lines.js';
import type { Line } from './lines.js';

/** Any number that nobody else locks. */
const LOCK = 4_107_001;

/** Steps on their way from "issued" to "its command is in the outbox": lock, look at the lines, hand out. */
export class AdmissionRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Waits for the rounds of other processes; held until the transaction ends. A statement of its own: what a statement
   * sees is settled before it waits, so one that also looked would not see what the round before handed out.
   */
  async lock(): Promise<void> {
    await preparedRows(this.manager, 'lock_admission', 'SELECT pg_advisory_xact_lock($1)', [LOCK]);
  }

  /** As `lock`, but false at once where another round holds it. */
  async tryLock(): Promise<boolean> {
    const sql = 'SELECT pg_try_advisory_xact_lock($1) AS locked';
    const [row] = await preparedRows<{ locked: boolean }>(this.manager, 'try_lock_admission', sql, [LOCK]);
    return row?.locked ?? false;
  }

  /** The lines of these classes, in the order given, with room for `most` steps each at most. */
  look(classes: readonly { class: StepClass; slots: number }[], most: number): Promise<Line[]> {
    return readLines(this.manager, classes, most);
  }

  /** Hands the commands of admitted steps to the outbox, answers the rows, and keeps where the workspaces stand now. */
  handOut(rounds: readonly Round[]): Promise<OutboxRow[]> {
    return handOut(this.manager, rounds);
  }
}
