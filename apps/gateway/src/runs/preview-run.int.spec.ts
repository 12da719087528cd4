import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RunEstimate } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, runEstimate } from '@planwright/contracts';
import type { Database } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { countRows, idOf, openGateways, query, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let database: Database;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  ({ database } = gateways);
  app = await gateways.start({
    offer: [
      { provider: 'offline', defaultModel: 'offline-writer' },
      { provider: 'openai', defaultModel: 'gpt-4o-mini' },
      { provider: 'compatible', defaultModel: null },
    ],
    costOf: (provider, _model, usage) => (provider === 'openai' ? usage.input_tokens + usage.output_tokens : null),
    maxActiveRuns: 4,
  });
}, 60_000);
afterAll(() => gateways.close());
afterEach(() => query(database, 'DELETE FROM projects'));

const send = (method: string, url: string, payload?: unknown, headers: Record<string, string> = {}) =>
  sendTo(app, method, url, payload, headers);
const newProject = async (more: object = {}) =>
  idOf(await send('POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court.', ...more }));
const preview = (project: string, body: object = {}, headers: Record<string, string> = {}) =>
  send('POST', `/v1/projects/${project}/runs`, { ...body, dry_run: true }, headers);
const estimateOf = ({ body }: Answer) => body as unknown as RunEstimate;

describe('a preview', () => {
  it('says what a run would write and take, and leaves nothing behind', async () => {
    const project = await newProject();
    const before = await countRows(database);
    gateways.sent.length = 0;
    const answer = await preview(project, { provider: 'openai' });
    expect(answer).toMatchObject({ status: 200, body: { provider: 'openai', model: 'gpt-4o-mini' } });
    expect(answer.headers['location']).toBeUndefined();
    const estimate = estimateOf(answer);
    expect(runEstimate.parse(estimate)).toEqual(estimate);
    expect(estimate.documents.map(({ kind, sections }) => [kind, sections.length])).toEqual([
      ['prd', 12],
      ['tech_spec', 12],
      ['task_set', 1],
    ]);
    expect(estimate.documents[0]?.sections[0]).toMatchObject({
      id: 'problem_statement',
      title: 'Problem Statement',
      from: 'blueprint',
    });
    const { input_tokens: input, output_tokens: output } = estimate;
    expect(estimate.cost).toEqual({ amount: input + output, currency: 'USD', unpriced_calls: 0 });
    expect(estimate.seconds).toBeGreaterThan(10);
    expect(await countRows(database)).toEqual(before);
    expect(gateways.sent).toEqual([]);
    expect(await send('POST', `/v1/projects/${project}/runs`)).toMatchObject({ status: 202 });
  });

  it('has no price where none is known, and says for how many calls', async () => {
    const estimate = estimateOf(await preview(await newProject(), { documents: ['prd'], mode: 'draft' }));
    expect(estimate).toMatchObject({ provider: 'offline', cost: { amount: null, unpriced_calls: 7 } });
  });

  it('goes by what this workspace has written with this model', async () => {
    const project = await newProject();
    const run = idOf(await send('POST', `/v1/projects/${project}/runs`, { documents: ['prd'], mode: 'draft' }));
    await writeRun(database, run, (id) => `Text of ${id}`);
    const sql = `INSERT INTO usage_ledger (step_id, attempt, workspace_id, project_id, run_id, provider, model, input_tokens, output_tokens, estimated)
      SELECT id, 1, workspace_id, $2, run_id, 'offline', 'offline-writer', 700, 80, false FROM steps WHERE run_id = $1`;
    await query(database, sql, [run, project]);
    const usage = { input_tokens: 700, output_tokens: 80, estimated: false };
    const asWritten = estimateOf(await preview(project, { documents: ['prd'], mode: 'draft' }));
    expect(asWritten.documents[0]?.sections.map(({ from }) => from)).not.toContain('history');
    const spell = `UPDATE steps SET usage = $2, started_at = finished_at - interval '3 seconds' WHERE run_id = $1`;
    await query(database, spell, [run, usage]);
    const estimate = estimateOf(await preview(project, { documents: ['prd'], mode: 'draft' }));
    for (const section of estimate.documents[0]!.sections)
      expect(section).toMatchObject({ output_tokens: 80, seconds: 3, from: 'history' });
    // Three after another, three side by side, one at the end.
    expect(estimate).toMatchObject({ output_tokens: 560, seconds: 15 });
    // What they read is as short as what they write, whatever the calls before read.
    expect(estimate.input_tokens).toBeLessThan(asWritten.input_tokens);
    // A detailed PRD has other sections of the same names.
    const detailed = estimateOf(await preview(project, { documents: ['prd'], mode: 'detailed' }));
    expect(new Set(detailed.documents[0]?.sections.map(({ from }) => from))).toEqual(new Set(['blueprint']));
  });

  it('holds up nobody while it estimates: nothing is locked then', async () => {
    const project = await newProject();
    await send('POST', `/v1/projects/${project}/runs`);
    const { read } = gateways.confined;
    const seen: unknown[] = [];
    const spy = jest.spyOn(read, 'sectionHistory').mockImplementationOnce(async (...args) => {
      const advisory = `SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE l.locktype = 'advisory' AND d.datname = current_database()`;
      seen.push(await query(database, advisory));
      for (const table of ['runs', 'projects']) await query(database, `SELECT 1 FROM ${table} FOR UPDATE NOWAIT`);
      return read.sectionHistory(...args);
    });
    try {
      expect(await preview(project, { on_conflict: 'replace' })).toMatchObject({ status: 200 });
    } finally {
      spy.mockRestore();
    }
    expect(seen).toEqual([[]]);
  });

  it('is no answer to a key', async () => {
    const project = await newProject();
    const key = { 'idempotency-key': newId() };
    expect(await preview(project, {}, key)).toMatchObject({ status: 200 });
    const run = await send('POST', `/v1/projects/${project}/runs`, {}, key);
    expect(run).toMatchObject({ status: 202 });
    expect(run.headers['idempotent-replayed']).toBeUndefined();
  });
});

describe('a preview is refused for what its run would be refused for', () => {
  const refused = async (project: string, body: object, expected: object) => {
    const before = await countRows(database);
    const dry = await preview(project, body);
    expect(dry).toMatchObject(expected);
    const { body: run, status } = await send('POST', `/v1/projects/${project}/runs`, body);
    expect(status).toBe(dry.status);
    const { request_id: _dry, retry_after_seconds: _after, ...told } = dry.body;
    expect(run).toMatchObject(told);
    expect(await countRows(database)).toEqual(before);
  };

  it('a project nobody has', () => refused(newId(), {}, { status: 404 }));

  it('a provider without a model', async () => {
    await refused(
      await newProject(),
      { provider: 'compatible' },
      { status: 400, body: { errors: [{ pointer: '/model' }] } },
    );
  });

  it('a document that is missing', async () => {
    const expected = { status: 409, body: { code: 'prerequisite_missing', missing: ['prd'] } };
    await refused(await newProject(), { documents: ['tech'] }, expected);
  });

  it('another run in the way; not where it would wait for it', async () => {
    const project = await newProject();
    const run = idOf(await send('POST', `/v1/projects/${project}/runs`));
    await refused(project, {}, { status: 409, body: { code: 'run_active', run_id: run } });
    for (const on_conflict of ['enqueue', 'replace']) {
      expect(await preview(project, { on_conflict })).toMatchObject({ status: 200 });
    }
    const [row] = await query<{ cancel: Date | null }>(
      database,
      'SELECT cancel_requested_at AS cancel FROM runs WHERE id = $1',
      [run],
    );
    expect(row).toEqual({ cancel: null });
  });

  it('too many runs', async () => {
    for (let i = 0; i < 4; i++) await send('POST', `/v1/projects/${await newProject()}/runs`);
    await refused(await newProject(), {}, { status: 429, body: { code: 'too_many_runs', limit: 4 } });
  });

  it('a wish that is none', async () => {
    const answer = await send('POST', `/v1/projects/${await newProject()}/runs`, { dry_run: 'yes' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/dry_run' }] } });
  });
});

it('a run is written by what its workspace prefers, where neither it nor its project prefers anything', async () => {
  const set = (provider: string | null, model: string | null) =>
    query(database, 'UPDATE workspaces SET preferred_provider = $2, preferred_model = $3 WHERE id = $1', [
      DEFAULT_WORKSPACE_ID,
      provider,
      model,
    ]);
  const chosen = async (project: object, run: object) => {
    const { provider, model } = estimateOf(await preview(await newProject(project), run));
    return `${provider}/${model}`;
  };
  await set('compatible', 'qwen3');
  expect(await chosen({}, {})).toBe('compatible/qwen3');
  expect(await chosen({}, { model: 'llama' })).toBe('compatible/llama');
  expect(await chosen({ preferred_provider: 'openai' }, {})).toBe('openai/gpt-4o-mini');
  expect(await chosen({ preferred_provider: 'openai', preferred_model: 'o3' }, { provider: 'offline' })).toBe(
    'offline/offline-writer',
  );
  await set(null, null);
  expect(await chosen({}, {})).toBe('offline/offline-writer');
});
