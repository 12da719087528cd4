import { createHash } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID, plainUsage, runResource, versionResource } from '@planwright/contracts';
import type { Effect, RunEvent } from '@planwright/plan';
import {
  execute,
  finish,
  handle,
  HASHES,
  insert,
  newProject,
  newWorkspace,
  openDatabase,
  PRD,
  runOf,
  stateOf,
  TASK_SET,
} from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { StepResult } from '../index.js';

let own: TestDb;
let projectId: string;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());
beforeEach(async () => {
  projectId = await newProject(own.db);
});
const run = (id: string) => own.db.read.run(DEFAULT_WORKSPACE_ID, id);
const count = async (table: string) => (await execute(own.db, `SELECT 1 FROM ${table}`)).length;

describe('insert', () => {
  it('writes the run, its documents, versions, sections and steps', async () => {
    const made = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    const read = await run(made.id);
    expect(runResource.omit({ stream: true, writing: true }).parse(read)).toEqual(read);
    expect(read).toMatchObject({
      status: 'queued',
      sections_completed: 0,
      sections_total: 3,
      input_snapshot: made.inputSnapshot,
      documents: [
        { kind: 'prd', status: 'queued', sections_completed: 0, sections_total: 3 },
        { kind: 'task_set', status: 'queued', sections_completed: 0, sections_total: 1 },
      ],
    });
    expect(read?.steps.map(({ section_id: id, stage, status, attempt }) => [id, stage, status, attempt])).toEqual([
      ['problem', 1, 'queued', 0],
      ['goals', 1, 'queued', 0],
      ['summary', 2, 'queued', 0],
      ['tasks', 1, 'queued', 0],
    ]);
    const version = await own.db.read.version(DEFAULT_WORKSPACE_ID, made.documents[0]?.versionId ?? '');
    expect(versionResource.parse(version)).toEqual(version);
    expect(version?.sections.map(({ id, order, status }) => [id, order, status])).toEqual([
      ['summary', 0, 'pending'],
      ['problem', 1, 'pending'],
      ['goals', 2, 'pending'],
    ]);
  });

  it('writes nothing of a second run over the same document, and names the first', async () => {
    const first = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    const before = await count('document_versions');
    const second = runOf(projectId, [PRD]);
    const answer = await own.db.transaction(async (tx) => {
      const inserted = await tx.runs.insert(second);
      // The transaction goes on and commits.
      await tx.read.project(DEFAULT_WORKSPACE_ID, projectId);
      return inserted;
    });
    expect(answer).toEqual({ ok: false, conflict: { scope: 'prd', runId: first.id } });
    expect(await run(second.id)).toBeNull();
    expect(await count('document_versions')).toBe(before);
    expect(await count(`run_scopes WHERE run_id = '${second.id}'`)).toBe(0);
  });

  it('makes one run of twenty at once', async () => {
    const tries = Array.from({ length: 20 }, () =>
      own.db.transaction((tx) => tx.runs.insert(runOf(projectId, [PRD, TASK_SET]))),
    );
    const inserted = await Promise.all(tries);
    expect(inserted.filter(({ ok }) => ok)).toHaveLength(1);
    expect((await own.db.read.runs(DEFAULT_WORKSPACE_ID, projectId, { limit: 50 })).items).toHaveLength(1);
  });

  it('makes another when the first has ended, with the next number', async () => {
    const first = await insert(own.db, runOf(projectId));
    await finish(own.db, first.id, () => 'text');
    const second = await insert(own.db, runOf(projectId));
    const version = await own.db.read.version(DEFAULT_WORKSPACE_ID, second.documents[0]?.versionId ?? '');
    expect(version?.number).toBe(2);
  });

  it('refuses what makes no sense', async () => {
    const other = await newWorkspace(own.db);
    const [document] = runOf(projectId).documents;
    await expect(insert(own.db, runOf(projectId, [PRD], { workspaceId: other }))).rejects.toThrow(
      'is not in workspace',
    );
    await expect(insert(own.db, runOf(projectId, [TASK_SET]))).rejects.toThrow(
      'task_set is made from prd, and the run names no version of it',
    );
    await expect(
      insert(own.db, runOf(projectId, [], { documents: document ? [{ ...document, steps: [] }] : [] })),
    ).rejects.toThrow('no step writes section summary');
    expect(await count(`run_scopes WHERE project_id = '${projectId}'`)).toBe(0);
  });
});

describe('apply', () => {
  /** Every way a step can go, with the state read back after each event. */
  it('writes each effect so that the rows give the state it leads to', async () => {
    const made = await insert(own.db, runOf(projectId, [PRD, TASK_SET]));
    let at = Date.now();
    const follow = async (event: RunEvent, result?: StepResult) => {
      const { state, effects } = await handle(own.db, made.id, event, result);
      expect(await stateOf(own.db, made.id)).toEqual(state);
      const read = await run(made.id);
      expect(runResource.omit({ stream: true, writing: true }).parse(read)).toEqual(read);
      return effects.map(({ type }) => type);
    };
    const [problem, goals, summary] = (made.documents[0]?.steps ?? []).map(({ id }) => id) as [string, string, string];
    const fact = (stepId: string, attempt: number) => ({ stepId, attempt, at: ++at });
    const usage = plainUsage(10, 5, false);
    const rateLimited = { code: 'rate_limited' as const, detail: 'slow down', resets_at: null };
    const overloaded = { code: 'overloaded' as const, detail: 'busy', resets_at: null };
    const truncated = { code: 'truncated' as const, detail: 'cut at 100 tokens', resets_at: null };
    const filtered = { code: 'content_filtered' as const, detail: 'no', resets_at: null };

    expect(await follow({ type: 'run_started', at })).toEqual([
      'run_began',
      'document_began',
      'stage_began',
      'step_issued',
    ]);
    await follow({ type: 'step_started', ...fact(problem, 1) });
    await follow({ type: 'step_streaming', ...fact(problem, 1) });
    await follow({ type: 'step_lost', ...fact(problem, 1) });
    await follow({ type: 'step_started', ...fact(problem, 2) });
    await follow(
      { type: 'step_failed', failure: rateLimited, jitter: 0.5, ...fact(problem, 2) },
      { stepId: problem, draft: 'lost', usage },
    );
    expect((await run(made.id))?.steps[0]).toMatchObject({
      status: 'delayed',
      reason: 'rate_limited',
      rate_limits: 1,
      problem: { code: 'rate_limited' },
    });
    await follow({ type: 'step_due', ...fact(problem, 2), at: at + 86_400_000 });
    await follow({ type: 'step_delayed', nextAttemptAt: at + 5000, reason: 'limit', position: 3, ...fact(problem, 3) });
    expect((await run(made.id))?.steps[0]).toMatchObject({
      position: 3,
      next_attempt_at: new Date(at + 4999).toISOString(),
    });
    await follow({ type: 'step_due', ...fact(problem, 3), at: at + 86_400_000 });
    await follow({ type: 'step_started', ...fact(problem, 4) });
    await follow(
      { type: 'step_failed', failure: truncated, jitter: 0, ...fact(problem, 4) },
      { stepId: problem, usage },
    );
    await follow(
      { type: 'step_generated', ...fact(problem, 5) },
      { stepId: problem, content: 'Problem', usage, hashes: HASHES, model: 'm2' },
    );
    expect((await run(made.id))?.steps[0]).toMatchObject({
      status: 'succeeded',
      usage: { input_tokens: 30, output_tokens: 15 },
      model: 'm2',
    });
    await follow({ type: 'step_failed', failure: overloaded, jitter: 0, ...fact(goals, 1) });
    await follow({ type: 'step_due', ...fact(goals, 1), at: at + 86_400_000 });
    await follow(
      { type: 'step_failed', failure: filtered, jitter: 0, ...fact(goals, 2) },
      { stepId: goals, draft: 'Half a goal' },
    );
    await follow({ type: 'step_streaming', ...fact(summary, 1) });
    const end = await follow(
      { type: 'step_generated', ...fact(summary, 1) },
      { stepId: summary, content: 'Summary', hashes: HASHES },
    );
    expect(end).toEqual([
      'section_completed',
      'progressed',
      'document_ended',
      'section_cancelled',
      'document_ended',
      'run_ended',
    ]);

    const read = await run(made.id);
    expect(read).toMatchObject({ status: 'partial', eta_seconds: null });
    expect(read?.error).toMatch(/\.$/);
    expect(read?.documents.map(({ status, sections_completed: n }) => [status, n])).toEqual([
      ['partial', 2],
      ['cancelled', 0],
    ]);
    const version = await own.db.read.version(DEFAULT_WORKSPACE_ID, made.documents[0]?.versionId ?? '');
    expect(version?.sections).toMatchObject([
      {
        id: 'summary',
        status: 'completed',
        content: 'Summary',
        error: null,
        draft: null,
        sha256: createHash('sha256').update('Summary').digest('hex'),
      },
      {
        id: 'problem',
        status: 'completed',
        content: 'Problem',
        prompt_hash: HASHES.prompt,
        input_hash: HASHES.input,
        usage: { input_tokens: 30 },
      },
      { id: 'goals', status: 'failed', content: null, draft: 'Half a goal', problem: { code: 'content_filtered' } },
    ]);
    expect(await count(`run_scopes WHERE run_id = '${made.id}'`)).toBe(0);
  });

  it('stores a text byte for byte', async () => {
    const made = await insert(own.db, runOf(projectId));
    const content = ` \u0001\t\r\n\u2028 e\u0301 é 👩‍👩‍👧 ﷽ \\ ' "$1" \ufeff${'x'.repeat(50_000)}\n\n`;
    await finish(own.db, made.id, () => content);
    const version = await own.db.read.version(DEFAULT_WORKSPACE_ID, made.documents[0]?.versionId ?? '');
    expect(version?.status).toBe('ready');
    expect(version?.sections.every((section) => section.content === content)).toBe(true);
  });

  it('changes nothing when an effect does not fit the rows', async () => {
    const made = await insert(own.db, runOf(projectId));
    await handle(own.db, made.id, { type: 'run_started', at: Date.now() });
    const stepId = made.documents[0]?.steps[0]?.id ?? '';
    const apply = (change: (at: number) => Effect[], result?: StepResult) =>
      own.db.transaction(async (tx) => {
        const locked = await tx.runs.lock(made.id);
        if (locked) await tx.runs.save(locked, { changes: [{ effects: change(Date.now()), result }] });
      });
    const before = await run(made.id);
    const complete = (at: number) => [{ type: 'section_completed' as const, stepId, startedAt: at, at }];
    await expect(apply(complete)).rejects.toThrow('without a text');
    await expect(apply((at) => [...complete(at), ...complete(at)], { stepId, content: 'x' })).rejects.toThrow(
      'section_completed of step',
    );
    await expect(
      apply(() => [
        { type: 'step_issued', stepId, attempt: 9, timeoutMs: 1, tries: 0, spentMs: 0, losses: 0, repair: null },
      ]),
    ).rejects.toThrow('is at attempt 1');
    await expect(apply((at) => [{ type: 'run_began', at }])).rejects.toThrow('run_began');
    await expect(apply((at) => [{ type: 'step_began', stepId: made.id, at }])).rejects.toThrow('has no step');
    expect(await run(made.id)).toEqual(before);
  });

  it('keeps what another transaction wrote to a step meanwhile', async () => {
    const made = await insert(own.db, runOf(projectId));
    await handle(own.db, made.id, { type: 'run_started', at: Date.now() });
    const stepId = made.documents[0]?.steps[0]?.id ?? '';
    let saved: Promise<unknown> = Promise.resolve();
    await own.db.transaction(async (admission) => {
      await admission.manager.query('UPDATE steps SET admitted_at = clock_timestamp() WHERE id = $1', [stepId]);
      saved = handle(own.db, made.id, { type: 'step_started', stepId, attempt: 1, at: Date.now() });
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      while ((await execute(own.db, waiting)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });
    await saved;
    const [row] = await execute(own.db, 'SELECT status, admitted_at FROM steps WHERE id = $1', [stepId]);
    expect(row).toEqual({ status: 'running', admitted_at: expect.any(Date) });
  });

  it('books the tokens of an attempt once, however often its fact arrives', async () => {
    const made = await insert(own.db, runOf(projectId));
    await handle(own.db, made.id, { type: 'run_started', at: Date.now() });
    const stepId = made.documents[0]?.steps[0]?.id ?? '';
    const usage = plainUsage(7, 1, true);
    const lost: RunEvent = { type: 'step_lost', stepId, attempt: 1, at: Date.now() };
    await handle(own.db, made.id, lost, { stepId, attempt: 1, usage });
    await handle(own.db, made.id, lost, { stepId, attempt: 1, usage });
    expect((await run(made.id))?.steps[0]?.usage).toEqual(usage);
  });
});

describe('cancel', () => {
  it('is noted once, acted on by the engine, and keeps the text that comes late', async () => {
    const made = await insert(own.db, runOf(projectId));
    await handle(own.db, made.id, { type: 'run_started', at: Date.now() });
    const stepId = made.documents[0]?.steps[0]?.id ?? '';
    await handle(own.db, made.id, { type: 'step_started', stepId, attempt: 1, at: Date.now() });
    const ask = (workspaceId = DEFAULT_WORKSPACE_ID) =>
      own.db.transaction((tx) => tx.runs.requestCancel(workspaceId, made.id));
    expect(await ask(await newWorkspace(own.db))).toBeNull();
    expect([await ask(), await ask()]).toEqual(['requested', 'requested']);
    await own.db.transaction(async (tx) => {
      const locked = await tx.runs.lock(made.id);
      expect(locked?.cancelRequestedAt).toEqual(expect.any(Number));
      expect(locked?.state.cancelRequested).toBe(false);
    });
    await handle(own.db, made.id, { type: 'cancel_requested', at: Date.now() });
    await handle(own.db, made.id, { type: 'step_cancelled', stepId, attempt: 1, at: Date.now() });
    expect(await run(made.id)).toMatchObject({ status: 'cancelled', documents: [{ status: 'cancelled' }] });
    expect(await ask()).toBe('ended');
    const keep = (attempt: number) =>
      own.db.transaction(async (tx) => {
        const locked = await tx.runs.lock(made.id);
        return locked && tx.runs.keepDraft(locked, stepId, attempt, 'so far');
      });
    expect([await keep(2), await keep(1), await keep(1)]).toEqual([false, true, false]);
    const version = await own.db.read.version(DEFAULT_WORKSPACE_ID, made.documents[0]?.versionId ?? '');
    expect(version?.sections.find(({ id }) => id === 'problem')).toMatchObject({
      status: 'cancelled',
      draft: 'so far',
      content: null,
    });
  });
});
