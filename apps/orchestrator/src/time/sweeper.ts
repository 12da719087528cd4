import type { Database, SilentStep } from '@planwright/persistence';
import type { RunEvent } from '@planwright/plan';
import type { Presence } from '@planwright/presence';
import type { Clock, Logger } from '@planwright/runtime';
import type { AdvanceRun } from '../runs/advance-run.js';
import { judgeSilence, keyOf } from './silence.js';
import type { Patience, Sign } from './silence.js';
import { wake } from './wake.js';

/** Why something had to be repaired; in health none of these counts. */
export const REPAIRS = [
  /** A run was made, and its start was lost. */
  'run_not_begun',
  /** A person asked for a stop, and the message was lost. */
  'cancel_not_noted',
  /** A run moves no step, or does not stop. */
  'run_not_moving',
  /** A run waited for another one that has ended. */
  'run_not_promoted',
  /** A command was sent, and no generator has it. */
  'command_lost',
  /** A generator began a step and is gone. */
  'worker_lost',
] as const;
export type Repair = (typeof REPAIRS)[number];

/** What the sweeper looks at, and how many of each it repairs in one round. */
export interface Sweep extends Patience {
  /** Made and never begun, or told to stop and not stopped. */
  runMs: number;
  limit: number;
}

const STANDING: Sweep = {
  runMs: 10_000,
  stepMs: 5_000,
  queuedMs: 20_000,
  settledMs: 20_000,
  blindMs: 120_000,
  limit: 200,
};
/** In one process with its own database no worker survives a restart: whatever is under way then is lost for certain. */
export const AFTER_RESTART: Sweep = { runMs: 0, stepMs: 0, queuedMs: 0, settledMs: 0, blindMs: 0, limit: 100_000 };

/**
 * Derives from PostgreSQL what should have happened and did not: a run that never began, a cancel that never arrived, a
 * command lost on its way, a worker that died. Every repair is an ordinary event, decided and fenced like any other, and
 * counted by kind.
 */
export class Sweeper {
  /** Steps that had no living worker at the last look; a lease that is only late is there at the next one. */
  private suspects: ReadonlySet<string> = new Set();

  constructor(
    private readonly parts: {
      database: Database;
      advance: AdvanceRun;
      presence: Pick<Presence, 'alive' | 'settled'>;
      /** True while old messages wait in the engine's own queue: facts among them may speak for steps that seem silent. */
      behind: () => Promise<boolean>;
      /** Sends `run.start` of runs whose turn has come. */
      promote: (projectId: string) => Promise<number>;
      repaired: (kind: Repair) => void;
      clock: Clock;
      log: Logger;
    },
  ) {}

  async sweep(sweep: Sweep = STANDING): Promise<void> {
    const { database } = this.parts;
    // Both are read before anything is repaired: what a repair has just issued is not silent.
    const runs = await database.read.silentRuns({ olderThanMs: sweep.runMs }, sweep.limit);
    const steps = await this.lostSteps(sweep);
    for (const { runId, status, cancelRequested } of runs) {
      const at = this.parts.clock.now();
      if (cancelRequested) await this.repair('cancel_not_noted', runId, { type: 'cancel_requested', at });
      else if (status === 'queued') await this.repair('run_not_begun', runId, { type: 'run_started', at });
      else await this.repair('run_not_moving', runId, { type: 'run_checked', at });
    }
    for (const step of steps) {
      // Repairs take their time: a step that was lost at the look may have been begun since, or have told its end.
      if (!(await this.isLost(step, sweep))) continue;
      const { runId, stepId, attempt } = step;
      const kind = step.status === 'queued' ? 'command_lost' : 'worker_lost';
      await this.repair(kind, runId, { type: 'step_lost', at: this.parts.clock.now(), stepId, attempt });
    }
    await this.promote(sweep.limit);
  }

  /** While facts still wait in our own queue nobody is judged by what was not heard, or not before a long time. */
  private async lostSteps(sweep: Sweep): Promise<SilentStep[]> {
    const { database } = this.parts;
    const silent = await database.read.silentSteps({ olderThanMs: sweep.stepMs }, sweep.limit);
    if (silent.length === 0) {
      this.suspects = new Set();
      return [];
    }
    const signs = await this.signs(silent);
    const behind = await this.parts.behind().catch(() => true);
    const { lost, suspects } = judgeSilence({ silent, signs, behind, suspects: this.suspects, patience: sweep });
    this.suspects = suspects;
    return lost;
  }

  /** A second look at one step, by its signs of this moment. */
  private async isLost(step: SilentStep, sweep: Sweep): Promise<boolean> {
    const suspects = new Set([keyOf(step)]);
    const signs = await this.signs([step]);
    return judgeSilence({ silent: [step], signs, behind: false, suspects, patience: sweep }).lost.length > 0;
  }

  /** Null when the leases can't be read. */
  private async signs(steps: readonly SilentStep[]): Promise<Sign[] | null> {
    const { presence, log } = this.parts;
    try {
      const [alive, settled] = await Promise.all([presence.alive(steps), presence.settled(steps)]);
      return steps.map((_, i) => (alive[i] ? 'held' : settled[i] ? 'settled' : 'none'));
    } catch (error) {
      log.warn({ err: error }, 'leases can not be read; only long silence counts');
      return null;
    }
  }

  private async promote(limit: number): Promise<void> {
    const { database, promote, repaired, log } = this.parts;
    for (const projectId of await database.transaction((tx) => tx.runs.waitingProjects(limit))) {
      const promoted = await promote(projectId);
      for (let i = 0; i < promoted; i++) repaired('run_not_promoted');
      if (promoted > 0) log.warn({ projectId, promoted }, 'repair: runs had nothing left to wait for');
    }
  }

  private async repair(kind: Repair, runId: string, event: RunEvent): Promise<void> {
    const { advance, log, repaired } = this.parts;
    const outcome = await wake(advance, log, runId, event);
    // Somebody else was faster, or it was not so any more.
    if (!outcome || typeof outcome === 'string' || outcome.effects.every(({ type }) => type === 'ignored')) return;
    log.warn({ runId, kind, ...('stepId' in event && { stepId: event.stepId, attempt: event.attempt }) }, 'repair');
    repaired(kind);
  }
}
