import { DEFAULT_WORKSPACE_ID, plainUsage } from '@planwright/contracts';
import type { Blueprint, RunKind } from '@planwright/contracts';
import { decideAll } from '@planwright/plan';
import type { Effect, RunEvent, RunState } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import { Database, migrate } from '../src/index.js';
import type { NewRun, StepResult } from '../src/index.js';
import { contentHash, documentHash } from '@planwright/prompts';

export interface TestDb {
  db: Database;
  url: string;
  close(): Promise<void>;
}

/** A migrated database for one file. */
export async function openDatabase(): Promise<TestDb> {
  const own = await testDatabase({ migrate: async (url) => void (await migrate(url)), key: 'persistence' });
  const db = new Database({ url: own.url, poolSize: 12 });
  await db.connect();
  return {
    db,
    url: own.url,
    close: async () => {
      await db.close();
      await own.drop();
    },
  };
}

const section = (id: string, order: number, uses: string[] = [], output: 'markdown' | 'tasks' = 'markdown') => ({
  id,
  title: `The ${id}`,
  order,
  prompt: `prd.${id}`,
  uses,
  output,
  words: { min: 10, target: 20, max: 30 },
  max_output_tokens: 100,
});
const stage = (number: number, mode: 'sequential' | 'parallel', sections: string[]) => ({
  number,
  mode,
  streamed: number === 1,
  timeout_seconds: 60,
  sections,
});

/** Three sections in two stages; a summary that stands first and is written last. */
export const PRD: Blueprint = {
  id: 'prd.small',
  version: 1,
  document: 'prd',
  mode: 'draft',
  title: 'PRD',
  requires: [],
  stages: [stage(1, 'sequential', ['problem', 'goals']), stage(2, 'parallel', ['summary'])],
  sections: [section('summary', 0, ['problem', 'goals']), section('problem', 1), section('goals', 2, ['problem'])],
};
export const TASK_SET: Blueprint = {
  id: 'task_set',
  version: 1,
  document: 'task_set',
  mode: null,
  title: 'Tasks',
  requires: ['prd'],
  stages: [stage(1, 'parallel', ['tasks'])],
  sections: [section('tasks', 0, [], 'tasks')],
};

export async function newProject(db: Database, workspaceId = DEFAULT_WORKSPACE_ID): Promise<string> {
  const id = newId();
  await db.transaction((tx) =>
    tx.projects.insert({
      id,
      workspaceId,
      name: 'Fridge',
      idea: 'An app that knows what is in the fridge 🧊\r\n',
      constraints: '',
      preferred_provider: null,
      preferred_model: null,
    }),
  );
  return id;
}

export async function newWorkspace(db: Database): Promise<string> {
  const id = newId();
  await execute(db, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [id]);
  return id;
}

export function runOf(projectId: string, blueprints: Blueprint[] = [PRD], more: Partial<NewRun> = {}): NewRun {
  return {
    id: newId(),
    workspaceId: DEFAULT_WORKSPACE_ID,
    projectId,
    kind: 'plan' satisfies RunKind,
    mode: 'draft',
    provider: 'offline',
    model: 'placeholder',
    triggeredBy: 'anonymous',
    inputSnapshot: { project_name: 'P', idea: 'An app that knows what is in the fridge 🧊\r\n', constraints: '' },
    templates: { templates: { 'prd.problem': { text: 'Write {{idea}}' } }, partials: {} },
    pinnedVersions: {},
    documents: blueprints.map((blueprint) => ({
      kind: blueprint.document,
      versionId: newId(),
      blueprint,
      steps: blueprint.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: newId(), sectionId }))),
    })),
    ...more,
  };
}

export async function insert(db: Database, run: NewRun): Promise<NewRun> {
  const inserted = await db.transaction((tx) => tx.runs.insert(run));
  if (!inserted.ok) throw new Error(`run ${inserted.conflict.runId} holds ${inserted.conflict.scope}`);
  return run;
}

/** What the orchestrator's shell does with one event; gives the effects and the state they lead to. */
export async function handle(
  db: Database,
  runId: string,
  event: RunEvent,
  result?: StepResult,
): Promise<{ effects: readonly Effect[]; state: RunState }> {
  return db.transaction(async (tx) => {
    const run = await tx.runs.lock(runId);
    if (!run) throw new Error(`no run ${runId}`);
    const decided = decideAll(run.state, event);
    await tx.runs.save(run, { changes: [{ effects: decided.effects, result }] });
    return decided;
  });
}

export async function stateOf(db: Database, runId: string): Promise<RunState> {
  return db.transaction(async (tx) => {
    const run = await tx.runs.lock(runId);
    if (!run) throw new Error(`no run ${runId}`);
    return run.state;
  });
}

export const HASHES = { prompt: 'a'.repeat(64), template: 'b'.repeat(64), input: 'c'.repeat(64) };

/** Runs to the end: every section of the run gets the text `write` gives it, or fails where that is null. */
export async function finish(
  db: Database,
  runId: string,
  write: (sectionId: string) => string | null,
): Promise<RunState> {
  let at = Date.now();
  let { state } = await handle(db, runId, { type: 'run_started', at });
  for (;;) {
    const open = state.documents
      .flatMap(({ steps }) => steps)
      .find(({ status, attempt }) => status === 'queued' && attempt > 0);
    if (!open) return state;
    const { stepId, attempt, sectionId } = open;
    const content = write(sectionId);
    const hashes = { ...HASHES, made_from: await madeFromOf(db, stepId, attempt) };
    await handle(db, runId, { type: 'step_started', stepId, attempt, at: ++at });
    const event: RunEvent =
      content === null
        ? {
            type: 'step_failed',
            stepId,
            attempt,
            at: ++at,
            jitter: 0,
            failure: { code: 'content_filtered', detail: 'No', resets_at: null },
          }
        : { type: 'step_generated', stepId, attempt, at: ++at };
    const usage = plainUsage(100, 10, false);
    const result = content === null ? { stepId, draft: 'half', usage } : { stepId, content, usage, hashes };
    ({ state } = await handle(db, runId, event, result));
  }
}

/** What a section is made from: the idea, the sections it uses and the documents it reads. */
async function madeFromOf(db: Database, stepId: string, attempt: number): Promise<Record<string, string | null>> {
  const [inputs] = await db.read.renderInputs([{ stepId, attempt }]);
  if (!inputs) throw new Error(`step ${stepId} is not to be written`);
  const texts = inputs.section.uses.map((id) => [`sections.${id}`, inputs.sections[id]] as const);
  return {
    idea: contentHash(inputs.inputSnapshot.idea),
    ...Object.fromEntries(texts.map(([name, text]) => [name, text === undefined ? null : contentHash(text)])),
    ...Object.fromEntries(
      Object.entries(inputs.documents).map(([kind, { sections }]) => [kind, documentHash(sections)]),
    ),
  };
}

/** Past the library, for what it has no word for. */
export function execute<T = unknown>(db: Database, sql: string, parameters: unknown[] = []): Promise<T[]> {
  return db.transaction((tx) => tx.manager.query<T[]>(sql, parameters));
}
