import type { RetryRun as RetryRunBody } from '@planwright/contracts';
import { retryOf } from '@planwright/persistence';
import type { NewRun, NewerRun, RetrySource, Tx } from '@planwright/persistence';
import { isEndedRun } from '@planwright/plan';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound, RequestProblem } from '../http/problem.js';
import { chooseModel } from './model-choice.js';
import type { ModelOffer } from './model-choice.js';
import type { OpenRun } from './open-run.js';

/** Who retries which run. */
export interface RetryRequest extends ChangeRequest {
  body: RetryRunBody;
  triggeredBy: string;
}

/**
 * A run that has ended stays as it is. A retry is a new run with what the old one was started with: blueprints,
 * templates, idea. It keeps what the old one finished and writes the rest, documents that were not reached included.
 */
export class RetryRun {
  constructor(
    private readonly makeChange: MakeChange,
    private readonly openRun: OpenRun,
    private readonly offer: ModelOffer,
  ) {}

  /**
   * Answers the new run as it opened. Throws 404; 409 `run_active` where the run has not ended, or another one writes the
   * same (its `run_id` is named); 409 `nothing_to_retry`; 409 `superseded` with the `run_id` of a newer run whose text
   * this one would set aside; 429 `too_many_runs`.
   */
  execute(request: RetryRequest, runId: string): Promise<ChangeAnswer> {
    const { on_conflict: onConflict } = request.body;
    return this.makeChange.execute(request, async (tx) => {
      const source = await tx.runs.retrySource(request.workspaceId, runId);
      if (!source) throw notFound('run', runId);
      const run = this.newRun(source, request);
      const { change, waitsFor } = await this.openRun.execute(tx, run, { onConflict, mayJoin: false });
      // The project is locked by now: nobody else opens a run of it before this one is there.
      const newer = await newerRuns(tx, source, run);
      const twin = newer.find(({ runId: id, retryOf }) => retryOf === source.id && waitsFor.includes(id));
      if (twin && onConflict === 'enqueue') {
        throw new RequestProblem('run_active', `Run ${twin.runId} is retrying this run already.`, {
          run_id: twin.runId,
          scope: twin.kind,
        });
      }
      const ended = newer.find(({ active }) => !active);
      if (ended) {
        throw new RequestProblem('superseded', `Run ${ended.runId} has written ${ended.kind} since.`, {
          run_id: ended.runId,
          scope: ended.kind,
        });
      }
      return change;
    });
  }

  private newRun(source: RetrySource, { workspaceId, body, triggeredBy }: RetryRequest): NewRun {
    if (!isEndedRun(source.status)) {
      throw new RequestProblem('run_active', `Run ${source.id} has not ended.`, { run_id: source.id });
    }
    const run = retryOf(source, { workspaceId, triggeredBy, ...chooseModel(this.offer, body, source) });
    if (!run) throw new RequestProblem('nothing_to_retry', `Run ${source.id} has finished all it was to write.`);
    return run;
  }
}

/** Other runs that wrote, or will write, what this retry is to write. */
function newerRuns(tx: Tx, source: RetrySource, run: NewRun): Promise<NewerRun[]> {
  const rewritten = run.documents.map(({ kind }) => kind);
  return tx.runs.newerRuns(
    source.documents.filter(({ kind }) => rewritten.includes(kind)),
    run.id,
  );
}
