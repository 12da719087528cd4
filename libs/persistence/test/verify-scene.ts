import { createHash } from 'node:crypto';
import type { Blueprint } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import { decideAll } from '@planwright/plan';
import type { Effect, RunEvent, RunState } from '@planwright/plan';
import { numberFacts } from '../src/index.js';
import type { Database, NewRun, StepResult, StoredRunFact } from '../src/index.js';
import { execute, HASHES, insert, newProject, PRD, runOf, TASK_SET } from './fixture.js';

/** A run of the scene with the ids that tests speak of. */
interface SceneRun {
  id: string;
  projectId: string;
  /** By kind. */
  documents: Record<string, string>;
  versions: Record<string, string>;
  /** By section id. */
  steps: Record<string, string>;
}

export interface Scene {
  /** Succeeded: PRD and tasks, with two cards on the board. */
  done: SceneRun;
  /** Ended `partial`: its `goals` failed, so its tasks were never begun. */
  partial: SceneRun;
  /** The retry of `partial`: carries two sections, writes the third and the tasks. */
  retry: SceneRun;
  cancelled: SceneRun;
  /** Running: `problem` is completed, `goals` is being written. */
  active: SceneRun;
  /** Waits for `active`. */
  waiting: SceneRun;
  /** Running: `problem` waits for its next try, an hour from now. */
  delayed: SceneRun;
}

type Write = (sectionId: string) => string | null;
const text: Write = (sectionId) => `The ${sectionId} of the fridge 🧊`;

/** One run of each sort, written as the engine writes them, events included. */
export async function openScene(db: Database): Promise<Scene> {
  const both = [PRD, TASK_SET];
  const done = await started(db, await newProject(db), both);
  await finish(db, done.id, text);
  await cards(db, done);
  const partial = await started(db, await newProject(db), both);
  await finish(db, partial.id, (sectionId) => (sectionId === 'goals' ? null : text(sectionId)));
  const retry = await retryOf(db, partial, both);
  const cancelled = await started(db, await newProject(db), both);
  await write(db, cancelled.id, 'problem', 1);
  await advance(db, cancelled.id, { type: 'cancel_requested', at: Date.now() });
  await advance(db, cancelled.id, { type: 'step_cancelled', at: Date.now(), ...fence(cancelled, 'problem') });
  const active = await started(db, await newProject(db), both);
  await write(db, active.id, 'problem', 1, text);
  await write(db, active.id, 'goals', 1);
  await execute(db, `UPDATE steps SET deadline = now() + interval '1 hour' WHERE id = $1`, [active.steps['goals']]);
  const waiting = await waitingFor(db, active, both);
  const delayed = await started(db, await newProject(db), both);
  await write(db, delayed.id, 'problem', 1);
  const again = { nextAttemptAt: Date.now() + 3_600_000, reason: 'rate_limited', position: 1 };
  await advance(db, delayed.id, { type: 'step_delayed', at: Date.now(), ...fence(delayed, 'problem'), ...again });
  return { done, partial, retry, cancelled, active, waiting, delayed };
}

const fence = ({ steps }: SceneRun, sectionId: string) => ({ stepId: steps[sectionId] ?? '', attempt: 1 });

async function started(db: Database, projectId: string, blueprints: Blueprint[], more: Partial<NewRun> = {}) {
  const run = await placed(db, await insert(db, runOf(projectId, blueprints, more)));
  await advance(db, run.id, { type: 'run_started', at: Date.now() });
  return run;
}

async function placed(db: Database, { id, projectId, documents }: NewRun): Promise<SceneRun> {
  const kinds = await execute<{ kind: string; id: string }>(
    db,
    'SELECT kind, id FROM documents WHERE project_id = $1',
    [projectId],
  );
  return {
    id,
    projectId,
    documents: Object.fromEntries(kinds.map((document) => [document.kind, document.id])),
    versions: Object.fromEntries(documents.map(({ kind, versionId }) => [kind, versionId])),
    steps: Object.fromEntries(documents.flatMap(({ steps }) => steps.map((step) => [step.sectionId, step.id]))),
  };
}

/** What the orchestrator commits for one event: rows and facts. */
async function advance(db: Database, runId: string, event: RunEvent, result?: StepResult): Promise<RunState> {
  return db.transaction(async (tx) => {
    const run = await tx.runs.lock(runId);
    if (!run) throw new Error(`no run ${runId}`);
    const { effects, state } = decideAll(run.state, event);
    const changes = effects.filter(({ type }) => type !== 'ignored');
    const facts = changes.flatMap((effect) => factsOf(state, effect, result));
    await tx.runs.save(run, { changes: [{ effects: changes, result }], facts: numberFacts(run, facts) });
    const summary = await tx.read.runSummary(run.workspaceId, runId);
    if (summary && changes.some(({ type }) => type === 'run_ended')) {
      await tx.events.appendProject(run.projectId, [{ type: 'run.ended', run_id: runId, run: summary }]);
    }
    return state;
  });
}

/** Begins a step and, given a text, brings it to its end. */
async function write(db: Database, runId: string, sectionId: string, attempt: number, by?: Write): Promise<RunState> {
  const [step] = await execute<{ id: string }>(db, 'SELECT id FROM steps WHERE run_id = $1 AND section_id = $2', [
    runId,
    sectionId,
  ]);
  const stepId = step?.id ?? '';
  await execute(db, 'UPDATE steps SET admitted_at = clock_timestamp() WHERE id = $1', [stepId]);
  const began = await advance(db, runId, { type: 'step_started', stepId, attempt, at: Date.now() });
  if (!by) return began;
  const content = by(sectionId);
  const usage = plainUsage(100, 10, false);
  const at = Date.now();
  if (content !== null) {
    return advance(
      db,
      runId,
      { type: 'step_generated', stepId, attempt, at },
      { stepId, content, usage, hashes: HASHES },
    );
  }
  const failure = { code: 'content_filtered' as const, detail: 'No', resets_at: null };
  return advance(
    db,
    runId,
    { type: 'step_failed', stepId, attempt, at, jitter: 0, failure },
    { stepId, draft: 'half', usage },
  );
}

async function finish(db: Database, runId: string, by: Write): Promise<void> {
  for (;;) {
    const [open] = await execute<{ sectionId: string; attempt: number }>(
      db,
      `SELECT section_id AS "sectionId", attempt FROM steps WHERE run_id = $1 AND status = 'queued' AND attempt > 0 LIMIT 1`,
      [runId],
    );
    if (!open) return;
    await write(db, runId, open.sectionId, open.attempt, by);
  }
}

function factsOf(state: RunState, effect: Effect, result: StepResult | undefined): StoredRunFact[] {
  const { runId: run_id } = state;
  if (effect.type === 'run_ended') {
    const type = effect.status === 'succeeded' ? 'complete' : effect.status;
    if (type === 'queued' || type === 'running') throw new Error(`a run can't end as ${type}`);
    return [{ type, run_id, prd_id: null, error: null, problem: effect.problem }];
  }
  const document = state.documents.find(({ documentId, steps }) =>
    'documentId' in effect
      ? documentId === effect.documentId
      : 'stepId' in effect && steps.some(({ stepId }) => stepId === effect.stepId),
  );
  if (!document) return [];
  const inDocument = { run_id, document: document.kind, document_id: document.documentId };
  const step = 'stepId' in effect ? document.steps.find(({ stepId }) => stepId === effect.stepId) : undefined;
  const inSection = { ...inDocument, section_id: step?.sectionId ?? '', attempt: step?.attempt ?? 1 };
  switch (effect.type) {
    case 'stage_began':
      return [{ type: 'stage', ...inDocument, stage: effect.stage, sections: [...effect.sections] }];
    case 'section_completed': {
      const content = result?.content ?? '';
      const sha256 = createHash('sha256').update(content, 'utf8').digest('hex');
      return [{ type: 'section_complete', ...inSection, title: 'A section', length: content.length, sha256 }];
    }
    case 'section_failed':
      return [{ type: 'section_failed', ...inSection, error: 'No.', problem: effect.problem }];
    case 'document_ended':
      return [{ type: 'document_complete', ...inDocument, version_id: document.versionId, status: effect.status }];
    default:
      return [];
  }
}

async function cards(db: Database, { projectId, versions }: SceneRun): Promise<void> {
  const draft = (ref: string, dependencies: string[]) => ({
    ref,
    title: `Card ${ref}`,
    description: 'What it is about.',
    acceptance_criteria: ['It works.'],
    type: 'feature' as const,
    priority: 'high' as const,
    estimate: 3 as const,
    labels: [],
    dependencies,
    requirements: [],
  });
  const drafts = [draft('a', []), draft('b', ['a'])];
  await db.transaction((tx) => tx.tasks.mergeTaskSet(projectId, versions['task_set'] ?? '', drafts));
}

/** A new run that takes over what the ended one finished, and writes the rest. */
async function retryOf(db: Database, ended: SceneRun, blueprints: Blueprint[]): Promise<SceneRun> {
  const carried = ['problem', 'summary'];
  const run = runOf(ended.projectId, blueprints, { retryOf: ended.id });
  const [prd, ...others] = run.documents;
  const first = {
    ...prd!,
    steps: prd!.steps.filter(({ sectionId }) => !carried.includes(sectionId)),
    carried: carried.map((sectionId) => ({ sectionId, fromVersionId: ended.versions['prd']! })),
  };
  const retry = await placed(db, await insert(db, { ...run, documents: [first, ...others] }));
  await advance(db, retry.id, { type: 'run_started', at: Date.now() });
  await finish(db, retry.id, text);
  return retry;
}

/** A run that was made while another one holds what it writes. */
async function waitingFor(db: Database, holder: SceneRun, blueprints: Blueprint[]): Promise<SceneRun> {
  const run = runOf(holder.projectId, blueprints);
  await db.transaction((tx) => tx.runs.insert(run, 'wait'));
  return placed(db, run);
}
