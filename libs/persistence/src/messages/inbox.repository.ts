import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

/** Whose messages the inbox keeps: the engine's. */
export const CONSUMER = 'orchestrator';

/**
 * Messages whose effects are stored. A message belongs to one run: `runs.lock` tells what was handled, `runs.save` notes
 * it, and the lock on the run between them keeps a second copy waiting until the first is decided.
 */
export class InboxRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Forgets messages handled more than `days` ago: no copy comes that late, and the attempt fences its effects anyway. */
  async forget({ days }: { days: number }): Promise<void> {
    await rows(this.manager, `DELETE FROM inbox WHERE received_at < now() - $1 * interval '1 day'`, [days]);
  }
}
