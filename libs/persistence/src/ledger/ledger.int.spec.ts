import type { ProviderCall } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, plainUsage, runResource, usageReport, versionResource } from '@planwright/contracts';
import type { RunEvent } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import { execute, finish, handle, HASHES, insert, newProject, newWorkspace, openDatabase } from '../../test/fixture.js';
import { PRD, runOf } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { NewRun, StepResult } from '../index.js';
import { BUDGETS } from './budget.js';

let own: TestDb;
beforeAll(async () => void (own = await openDatabase()));
afterAll(() => own.close());

const always = { from: '2020-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };
const usd = (amount: number | null, unpriced_calls = 0) => ({ amount, currency: 'USD', unpriced_calls });

const call = (more: Partial<ProviderCall> = {}): ProviderCall => ({
  provider: 'openai',
  model: 'gpt-4o-mini',
  outcome: 'finished',
  usage: { ...plainUsage(1_000, 200, false), cached_input_tokens: 600, reasoning_tokens: 50 },
  cost: 210,
  request_id: 'req_1',
  ...more,
});
const refused = call({ outcome: 'rate_limited', usage: null, cost: null, request_id: null });
const unpriced = call({ provider: 'compatible', model: 'qwen3', usage: plainUsage(10, 5, true), cost: null });

/** A workspace of its own with a run whose first step is being written. */
async function writing() {
  const workspaceId = await newWorkspace(own.db);
  const projectId = await newProject(own.db, workspaceId);
  const run = await insert(own.db, runOf(projectId, [PRD], { workspaceId }));
  await handle(own.db, run.id, { type: 'run_started', at: Date.now() });
  const stepId = run.documents[0]?.steps[0]?.id ?? '';
  return {
    ...{ workspaceId, projectId, run, stepId },
    tell: (event: Pick<RunEvent, 'type'> & Record<string, unknown>, result: Partial<StepResult>) =>
      handle(own.db, run.id, { stepId, attempt: 1, at: Date.now(), jitter: 0, ...event } as RunEvent, {
        stepId,
        attempt: 1,
        ...result,
      }),
    generated: (calls: ProviderCall[], content = 'Text') =>
      handle(
        own.db,
        run.id,
        { type: 'step_generated', stepId, attempt: 1, at: Date.now() },
        { stepId, content, calls, usage: calls[0]?.usage ?? null, hashes: HASHES },
      ),
    step: async () => (await own.db.read.run(workspaceId, run.id))?.steps[0],
    booked: () =>
      execute<Record<string, unknown>>(
        own.db,
        `SELECT attempt, call, provider, model, input_tokens, cost::int, outcome, request_id FROM usage_ledger
         WHERE step_id = $1 ORDER BY attempt, call`,
        [stepId],
      ),
  };
}

/** Runs to the end, with these calls for each section. */
async function written(workspaceId: string, calls: ProviderCall[], more: Partial<NewRun> = {}): Promise<NewRun> {
  const run = await insert(own.db, runOf(await newProject(own.db, workspaceId), [PRD], { workspaceId, ...more }));
  await handle(own.db, run.id, { type: 'run_started', at: Date.now() });
  for (const { id: stepId } of run.documents[0]?.steps ?? []) {
    const fence = { stepId, attempt: 1 };
    await handle(own.db, run.id, { type: 'step_started', ...fence, at: Date.now() - 4_000 });
    const result = { stepId, content: 'Text', calls, hashes: HASHES };
    await handle(own.db, run.id, { type: 'step_generated', ...fence, at: Date.now() }, result);
  }
  return run;
}

describe('the ledger', () => {
  it('has each call of an attempt with its own provider and model, once', async () => {
    const { generated, booked, step, tell } = await writing();
    const calls = [refused, call({ provider: 'anthropic', model: 'claude-haiku-4-5', cost: 900, request_id: 'msg_2' })];
    await generated(calls);
    await tell({ type: 'step_generated' }, { calls });
    const rows = { attempt: 1, provider: 'openai', model: 'gpt-4o-mini', request_id: null, cost: null };
    expect(await booked()).toEqual([
      { ...rows, call: 1, input_tokens: 0, outcome: 'rate_limited' },
      {
        ...{ attempt: 1, call: 2, provider: 'anthropic', model: 'claude-haiku-4-5', input_tokens: 1_000 },
        ...{ cost: 900, outcome: 'finished', request_id: 'msg_2' },
      },
    ]);
    expect(await step()).toMatchObject({ usage: calls[1]!.usage, cost: usd(900) });
  });

  it.each([
    ['failed', 'step_failed', { failure: { code: 'auth', detail: 'No', resets_at: null } }],
    ['was cancelled', 'step_cancelled', {}],
    ['was lost, and tells late', 'step_lost', {}],
  ] as const)('has what an attempt used that %s', async (_how, type, more) => {
    const { tell, booked, step } = await writing();
    await tell({ type, ...more }, { draft: 'half', calls: [call({ outcome: 'stopped' })] });
    expect(await booked()).toMatchObject([{ attempt: 1, call: 1, cost: 210, outcome: 'stopped' }]);
    expect((await step())?.cost).toEqual(usd(210));
  });

  it('adds late attempts to the step, and leaves the section what its text took', async () => {
    const { tell, step, run, workspaceId } = await writing();
    await tell({ type: 'step_lost' }, {});
    await handle(
      own.db,
      run.id,
      { type: 'step_generated', stepId: run.documents[0]!.steps[0]!.id, attempt: 2, at: Date.now() },
      { stepId: run.documents[0]!.steps[0]!.id, content: 'Text', calls: [call()], hashes: HASHES },
    );
    await tell({ type: 'step_generated' }, { content: 'Late', calls: [call({ cost: 90 })] });
    expect((await step())?.cost).toEqual(usd(300));
    const version = await own.db.read.version(workspaceId, run.documents[0]!.versionId);
    expect(version?.sections.find(({ id }) => id === 'problem')?.cost).toEqual(usd(210));
  });

  it('books one call where a fact tells of tokens and of no calls', async () => {
    const { tell, booked, step } = await writing();
    await tell({ type: 'step_lost' }, { usage: plainUsage(7, 1, true) });
    expect(await booked()).toEqual([
      {
        ...{ attempt: 1, call: 1, provider: 'offline', model: 'placeholder', input_tokens: 7 },
        ...{ cost: null, outcome: null, request_id: null },
      },
    ]);
    expect((await step())?.cost).toEqual(usd(null, 1));
  });

  it('has nothing of an attempt that called nobody', async () => {
    const { tell, booked, step } = await writing();
    await tell({ type: 'step_lost' }, { usage: null, calls: [] });
    expect(await booked()).toEqual([]);
    expect(await step()).toMatchObject({ usage: null, cost: null });
  });
});

describe('a cost', () => {
  it('is known for what is priced, and says how many calls are not', async () => {
    const { tell, step } = await writing();
    await tell({ type: 'step_lost' }, { calls: [refused] });
    expect(await step()).toMatchObject({ usage: null, cost: usd(0) });
    await tell({ type: 'step_lost', attempt: 2 }, { attempt: 2, calls: [unpriced] });
    expect(await step()).toMatchObject({ usage: { input_tokens: 10, estimated: true }, cost: usd(null, 1) });
    await tell({ type: 'step_lost', attempt: 3 }, { attempt: 3, calls: [call(), unpriced] });
    expect(await step()).toMatchObject({ cost: usd(210, 2) });
  });

  it('is the same over sections, steps, version, run and ledger', async () => {
    const workspaceId = await newWorkspace(own.db);
    const run = await written(workspaceId, [unpriced, call()]);
    const sum = { input_tokens: 3_030, output_tokens: 615, cached_input_tokens: 1_800, reasoning_tokens: 150 };
    const all = { usage: { ...sum, cache_write_tokens: 0, estimated: true }, cost: usd(630, 3) };
    const read = await own.db.read.run(workspaceId, run.id);
    expect(runResource.omit({ stream: true, writing: true }).parse(read)).toEqual(read);
    expect(read).toMatchObject(all);
    expect(await own.db.read.runSummary(workspaceId, run.id)).toMatchObject(all);
    const version = await own.db.read.version(workspaceId, run.documents[0]!.versionId);
    expect(versionResource.parse(version)).toEqual(version);
    expect(version).toMatchObject({ ...all, sections: [1, 2, 3].map(() => ({ cost: usd(210, 1) })) });
    expect(await own.db.read.usage(workspaceId, always)).toMatchObject({ calls: 6, ...all });
  });

  it('goes with a section that is taken over, and is not spent again', async () => {
    const workspaceId = await newWorkspace(own.db);
    const first = await written(workspaceId, [call()]);
    const [document] = first.documents;
    const second = runOf(first.projectId, [PRD], { workspaceId });
    const [problem, ...rest] = second.documents[0]!.steps;
    second.documents[0] = {
      ...second.documents[0]!,
      steps: rest,
      carried: [{ sectionId: problem!.sectionId, fromVersionId: document!.versionId }],
    };
    await insert(own.db, second);
    const version = await own.db.read.version(workspaceId, second.documents[0].versionId);
    expect(version).toMatchObject({ cost: usd(210), usage: { input_tokens: 1_000 } });
    expect(await own.db.read.run(workspaceId, second.id)).toMatchObject({ usage: null, cost: null });
  });

  it('of what an older release wrote is read as it is', async () => {
    const { run, stepId, step, workspaceId } = await writing();
    const old = { input_tokens: 5, output_tokens: 2, estimated: false };
    await execute(own.db, 'UPDATE steps SET usage = $2 WHERE id = $1', [stepId, old]);
    expect(await step()).toMatchObject({ usage: plainUsage(5, 2, false), cost: null });
    expect(await own.db.read.run(workspaceId, run.id)).toMatchObject({ usage: plainUsage(5, 2, false), cost: null });
  });
});

describe('what a workspace used', () => {
  it('is told by provider and model, within the span, of this workspace alone', async () => {
    const workspaceId = await newWorkspace(own.db);
    await written(workspaceId, [refused, unpriced]);
    await written(await newWorkspace(own.db), [call()]);
    const used = await own.db.read.usage(workspaceId, always);
    expect(usageReport.parse({ ...always, ...used, budget: null })).toEqual({ ...always, ...used, budget: null });
    expect(used).toEqual({
      calls: 6,
      usage: plainUsage(30, 15, true),
      cost: usd(null, 3),
      by_model: [
        { provider: 'compatible', model: 'qwen3', calls: 3, usage: plainUsage(30, 15, true), cost: usd(null, 3) },
        { provider: 'openai', model: 'gpt-4o-mini', calls: 3, usage: null, cost: usd(0) },
      ],
    });
    await execute(own.db, `UPDATE usage_ledger SET at = '2026-02-28T23:59:59.999Z' WHERE workspace_id = $1`, [
      workspaceId,
    ]);
    const month = (from: string, to: string) =>
      own.db.read.usage(workspaceId, { from: `${from}-01T00:00:00Z`, to: `${to}-01T00:00:00Z` });
    expect((await month('2026-02', '2026-03')).calls).toBe(6);
    expect(await month('2026-03', '2026-04')).toEqual({ calls: 0, usage: null, cost: null, by_model: [] });
  });
});

describe('a budget', () => {
  const set = (id: string, monthlyBudget: number | null) =>
    own.db.transaction((tx) =>
      tx.workspaces.update(id, { preferredProvider: 'anthropic', preferredModel: 'claude-haiku-4-5', monthlyBudget }),
    );

  it('counts what was spent since the month began', async () => {
    const workspaceId = await newWorkspace(own.db);
    await written(workspaceId, [call(), unpriced]);
    expect(await own.db.read.budget(workspaceId)).toBeNull();
    await set(workspaceId, 5_000);
    const period = expect.stringMatching(/^\d{4}-\d{2}$/);
    expect(await own.db.read.budget(workspaceId)).toEqual({ period, limit: 5_000, spent: 630 });
    const backwards = `UPDATE usage_ledger SET at = date_trunc('month', now(), 'UTC') - interval '1 ms'
      WHERE workspace_id = $1 AND provider = 'openai'`;
    await execute(own.db, backwards, [workspaceId]);
    expect(await own.db.read.budget(workspaceId)).toEqual({ period, limit: 5_000, spent: 0 });
    await set(workspaceId, 0);
    expect(await own.db.read.budget(workspaceId)).toEqual({ period, limit: 0, spent: 0 });
  });

  it('comes with the command, where the workspace has one', async () => {
    const { workspaceId, stepId } = await writing();
    const read = async () => (await own.db.read.renderInputs([{ stepId, attempt: 1 }]))[0]?.budget;
    expect(await read()).toBeNull();
    await written(workspaceId, [call()]);
    await set(workspaceId, 1_000);
    expect(await read()).toEqual({ period: expect.any(String), limit: 1_000, spent: 630 });
  });

  it('is read from an index', async () => {
    const workspaceId = await newWorkspace(own.db);
    await set(workspaceId, 1_000);
    await execute(
      own.db,
      `INSERT INTO usage_ledger (step_id, attempt, workspace_id, project_id, run_id, provider, model, input_tokens, output_tokens, estimated, cost)
       SELECT gen_random_uuid(), 1, $1::uuid, $1::uuid, $1::uuid, 'openai', 'm', 1, 1, false, 1 FROM generate_series(1, 5000)
       UNION ALL SELECT gen_random_uuid(), 1, $2::uuid, $1::uuid, $1::uuid, 'openai', 'm', 1, 1, false, 1 FROM generate_series(1, 20000)`,
      [workspaceId, await newWorkspace(own.db)],
    );
    await execute(own.db, 'ANALYZE usage_ledger');
    const plan = await execute<{ 'QUERY PLAN': string }>(
      own.db,
      `EXPLAIN SELECT budget FROM (${BUDGETS}) b WHERE workspace_id = '${workspaceId}'`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toContain('usage_ledger_by_workspace');
    expect((await own.db.read.budget(workspaceId))?.spent).toBe(5_000);
  });
});

describe('the history of sections', () => {
  it('is what steps took that wrote one, the latest first, for one model', async () => {
    const workspaceId = await newWorkspace(own.db);
    const by = { provider: 'openai', model: 'gpt-4o-mini' };
    await written(workspaceId, [call()], by);
    await written(workspaceId, [call(), call({ usage: plainUsage(1_000, 0, true) })], by);
    await written(workspaceId, [call({ usage: plainUsage(9, 9, false) })], { ...by, model: 'o3' });
    const { sections, projects } = await own.db.read.sectionHistory(workspaceId, by);
    expect(new Set(sections.map(({ sectionId }) => sectionId))).toEqual(new Set(['goals', 'problem', 'summary']));
    const goals = sections.filter(({ sectionId }) => sectionId === 'goals');
    expect(goals.map(({ usage }) => usage.input_tokens).sort()).toEqual([1_000, 2_000]);
    expect(goals[0]).toMatchObject({ blueprintId: 'prd.small', seconds: expect.closeTo(4, 0) });
    expect(projects.map(({ id }) => id).sort()).toEqual([...new Set(sections.map((one) => one.projectId))].sort());
    for (const { length, beginning } of projects) expect(length).toBeGreaterThanOrEqual(beginning.length);
    expect(await own.db.read.sectionHistory(await newWorkspace(own.db), by)).toEqual({ sections: [], projects: [] });
  });

  it('has nothing of steps that were cancelled or failed, or that follow the wishes of a person', async () => {
    const { workspaceId, run, stepId, tell } = await writing();
    const had = async (of: string) => (await own.db.read.sectionHistory(of, run)).sections.length;
    await tell({ type: 'step_cancelled' }, { calls: [call()] });
    // It was paid for, and says nothing about the next one.
    const [booked] = await execute(own.db, 'SELECT usage FROM steps WHERE id = $1', [stepId]);
    expect(booked).toMatchObject({ usage: { input_tokens: 1_000 } });
    expect(await had(workspaceId)).toBe(0);
    const failing = await writing();
    const failure = { code: 'auth', detail: 'No', resets_at: null };
    await failing.tell({ type: 'step_failed', failure }, { calls: [call()] });
    expect(await had(failing.workspaceId)).toBe(0);

    const other = await newWorkspace(own.db);
    await written(other, [call()]);
    expect(await had(other)).toBe(3);
    const wish = `UPDATE steps SET instructions = 'Shorter.' WHERE workspace_id = $1 AND section_id = 'goals'`;
    await execute(own.db, wish, [other]);
    expect(await had(other)).toBe(2);
  });
});

describe('a workspace', () => {
  it('keeps what it prefers', async () => {
    const id = await newWorkspace(own.db);
    const none = { preferredProvider: null, preferredModel: null, monthlyBudget: null };
    expect(await own.db.read.workspace(id)).toEqual({ id, name: 'other', ...none });
    const settings = { preferredProvider: 'openai', preferredModel: 'gpt-4.1', monthlyBudget: 20_000_000 };
    const before = await own.db.transaction(async (tx) => {
      const locked = await tx.workspaces.lock(id);
      await tx.workspaces.update(id, settings);
      return locked;
    });
    expect(before).toEqual({ id, name: 'other', ...none });
    expect(await own.db.read.workspace(id)).toEqual({ id, name: 'other', ...settings });
    expect(await own.db.transaction((tx) => tx.workspaces.lock(newId()))).toBeNull();
  });

  it('is found by its name and by its id', async () => {
    const id = await newWorkspace(own.db);
    expect((await own.db.read.workspacesNamed('other')).map((one) => one.id)).toContain(id);
    expect(await own.db.read.workspacesNamed(id.toUpperCase())).toMatchObject([{ id }]);
    expect(await own.db.read.workspacesNamed('default')).toMatchObject([{ id: DEFAULT_WORKSPACE_ID }]);
    expect(await own.db.read.workspacesNamed('nobody')).toEqual([]);
  });
});

it('a plan without any price costs what is not known', async () => {
  const workspaceId = await newWorkspace(own.db);
  const run = await insert(own.db, runOf(await newProject(own.db, workspaceId), [PRD], { workspaceId }));
  await finish(own.db, run.id, (id) => (id === 'goals' ? null : `text of ${id}`));
  // What the failed section used is part of the run, and of no text.
  expect(await own.db.read.run(workspaceId, run.id)).toMatchObject({ cost: usd(null, 3) });
  expect(await own.db.read.version(workspaceId, run.documents[0]!.versionId)).toMatchObject({ cost: usd(null, 2) });
});
