import type { OnConflict } from '@planwright/contracts';
import { scopesOf } from '@planwright/persistence';
import type { Conflict, NewRun, OutboxMessage, Tx } from '@planwright/persistence';
import type { Clock } from '@planwright/runtime';
import { OvertakenError } from '../changes/make-change.js';
import type { Change } from '../changes/make-change.js';
import { command } from '../changes/send.js';
import { notFound, RequestProblem } from '../http/problem.js';
import { requestCancel } from './cancel-run.js';
import { joinSections } from './join-sections.js';
import type { SectionWish } from './join-sections.js';
import type { ReadRun } from './read-run.js';

/** How a run is to be opened. */
export interface OpenOptions {
  onConflict: OnConflict;
  /** Where a run waits already that will write all of this: answer that one. Else it is a conflict. */
  mayJoin: boolean;
  /** Sections somebody chose: a run that writes others of their document takes them on. */
  wish?: SectionWish;
}

export interface OpenedRun {
  /** The new run, or the one that was joined. */
  runId: string;
  change: Change;
  /** Runs that have to end first; none where the run's start is on its way, or where another run was joined. */
  waitsFor: readonly string[];
}

interface WrittenRun {
  runId: string;
  waitsFor: readonly string[];
  messages: readonly OutboxMessage[];
}

const RETRY_AFTER = { leastSeconds: 5, mostSeconds: 30 };

/** What starting a run and retrying one have in common: who is in the way, how many there may be, what is answered. */
export class OpenRun {
  constructor(
    private readonly readRun: ReadRun,
    private readonly clock: Clock,
    private readonly maxActiveRuns: number,
  ) {}

  /**
   * Writes the run and the commands that follow from it, or nothing. Throws 409 `run_active` with the `run_id` of the run
   * that is in the way, 429 `too_many_runs`.
   */
  async execute(tx: Tx, run: NewRun, options: OpenOptions): Promise<OpenedRun> {
    const { runId, waitsFor, messages } = await this.write(tx, run, options);
    const change = await this.answer(tx, run.workspaceId, runId, messages);
    if (runId === run.id) await this.countIn(tx, run.workspaceId);
    return { runId, change, waitsFor };
  }

  /** As `execute`, without an answer, for a transaction that is undone: throws what it would throw. */
  async rehearse(tx: Tx, run: NewRun, options: OpenOptions): Promise<void> {
    const { runId } = await this.write(tx, run, options);
    if (runId === run.id) await this.countIn(tx, run.workspaceId);
  }

  /** The run that will write this: the new one, or the one that was joined. */
  private async write(tx: Tx, run: NewRun, { onConflict, mayJoin, wish }: OpenOptions): Promise<WrittenRun> {
    const joined = wish ? await joinSections(tx, run, wish, onConflict) : null;
    if (joined) return { ...joined, messages: [...joined.messages], waitsFor: [] };
    await this.refuseEarly(tx, run);
    const { cancelled, messages } = await this.cancelHolders(tx, run, onConflict);
    // What comes after another run continues that one, not a version before it.
    const isBehind = wish && run.retryOf && (await tx.runs.holders(scopedRun(run))).length > 0;
    const inserted = await tx.runs.insert(
      isBehind ? { ...run, retryOf: null } : run,
      onConflict === 'reject' ? 'refuse' : 'wait',
    );
    if (!inserted.ok) {
      const { runId, next } = inserted.conflict;
      if (!mayJoin || !next?.covers || next.stopping) throw runActive(inserted.conflict);
      return { runId, waitsFor: [], messages };
    }
    const { waitsFor } = inserted;
    // A run that waited took over from the one we have cancelled: it is to be replaced as well.
    if (onConflict === 'replace' && waitsFor.some((holder) => !cancelled.includes(holder))) throw new OvertakenError();
    if (waitsFor.length === 0) {
      const start = command('run.start', { run_id: run.id }, run.workspaceId);
      await tx.outbox.add([start]);
      messages.push(start);
    }
    return { runId: run.id, waitsFor, messages };
  }

  /** 202 with a run as it is. Nothing of a new one has been sent, so its position is before everything that follows. */
  private async answer(
    tx: Tx,
    workspaceId: string,
    runId: string,
    messages: readonly OutboxMessage[],
  ): Promise<Change> {
    const run = await this.readRun.execute(workspaceId, runId, tx.read);
    if (!run) throw notFound('run', runId);
    return { status: 202, body: run, location: `/v1/runs/${runId}`, messages };
  }

  /** Comes before `insert`, which locks the project: whoever ends a run has locked the run first. */
  private async cancelHolders(tx: Tx, run: NewRun, onConflict: OnConflict) {
    const cancelled = onConflict === 'replace' ? await tx.runs.holders(scopedRun(run)) : [];
    const messages: OutboxMessage[] = [];
    for (const runId of cancelled) {
      messages.push(...(await requestCancel(tx, this.clock, run.workspaceId, runId)).messages);
    }
    return { cancelled, messages };
  }

  /** Far over the limit nothing is tried. A run that is in the way is the better answer, and `insert` finds it. */
  private async refuseEarly(tx: Tx, run: NewRun): Promise<void> {
    if ((await tx.runs.countActive(run.workspaceId, this.maxActiveRuns)) < this.maxActiveRuns) return;
    if ((await tx.runs.holders(scopedRun(run))).length === 0) throw this.tooMany();
  }

  /**
   * Counts the run in that this transaction has written; throws 429 `too_many_runs`. Exact, as those who ask stand in a
   * line; asked last, to keep it short.
   */
  async countIn(tx: Tx, workspaceId: string): Promise<void> {
    const limit = this.maxActiveRuns;
    if ((await tx.runs.countActiveInLine(workspaceId, limit + 1)) > limit) throw this.tooMany();
  }

  private tooMany(): RequestProblem {
    const { leastSeconds, mostSeconds } = RETRY_AFTER;
    // Spread, so that those who were refused together don't come back together.
    const seconds = leastSeconds + Math.floor(Math.random() * (mostSeconds - leastSeconds + 1));
    const limit = this.maxActiveRuns;
    const detail = `A workspace may have ${limit} runs that have not ended, and this one has as many.`;
    return new RequestProblem('too_many_runs', detail, { limit, retry_after_seconds: seconds });
  }
}

const scopedRun = (run: NewRun) => {
  const { workspaceId, projectId } = run;
  return { workspaceId, projectId, scopes: scopesOf(run) };
};

/** 409 naming the run that is in the way. */
function runActive(conflict: Conflict): RequestProblem {
  return new RequestProblem('run_active', sentenceOf(conflict), { run_id: conflict.runId, scope: conflict.scope });
}

function sentenceOf({ runId, scope, next }: Conflict): string {
  if (!next) return `Run ${runId} is already writing ${scope}.`;
  if (next.stopping) return `Run ${runId} waits to write ${scope} and is being cancelled; ask again in a moment.`;
  return `Run ${runId} already waits to write ${scope}, and only one can wait.`;
}
