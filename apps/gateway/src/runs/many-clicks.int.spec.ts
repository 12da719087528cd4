import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId } from '@planwright/runtime';
import { advance, countRows, idOf, openGateways, query, send as sendTo } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

const PROJECT = { name: 'Courts', idea: 'Find a free court.' };
const send = (url: string, body?: unknown, headers?: Record<string, string>) => sendTo(app, 'POST', url, body, headers);
const newProject = async (to = app) => idOf(await sendTo(to, 'POST', '/v1/projects', PROJECT));
const runsOf = async (projectId: string) =>
  (
    await query<{ n: number }>(gateways.database, 'SELECT count(*)::int AS n FROM runs WHERE project_id = $1', [
      projectId,
    ])
  )[0]?.n;
const CLICKS = 300;

describe('300 identical requests at once make one run', () => {
  it('with one key: everybody gets the same answer', async () => {
    const project = await newProject();
    const answers = await Promise.all(
      Array.from({ length: CLICKS }, () => send(`/v1/projects/${project}/runs`, {}, { 'idempotency-key': 'click' })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 202 });
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await runsOf(project)).toBe(1);
  });

  it('with none: one 202, and the others are told which', async () => {
    const project = await newProject();
    const answers = await Promise.all(Array.from({ length: CLICKS }, () => send(`/v1/projects/${project}/runs`)));
    const made = answers.filter(({ status }) => status === 202);
    expect(made).toHaveLength(1);
    const named = answers.map(({ status, body }) => (status === 409 ? body['run_id'] : body.id));
    expect(new Set(named)).toEqual(new Set([idOf(made[0] as Answer)]));
    expect(await runsOf(project)).toBe(1);
  });

  it('while reads are answered all the time', async () => {
    const project = await newProject();
    const clicks = Promise.all(Array.from({ length: CLICKS }, () => send(`/v1/projects/${project}/runs`)));
    const reads = await Promise.all(Array.from({ length: 50 }, () => sendTo(app, 'GET', `/v1/projects/${project}`)));
    expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await clicks).filter(({ status }) => status === 202)).toHaveLength(1);
  });
});

describe('a workspace may have so many runs that have not ended', () => {
  const LIMIT = 10;
  let limited: NestFastifyApplication;
  beforeAll(async () => {
    limited = await gateways.start({ maxActiveRuns: LIMIT });
  });
  beforeEach(() => query(gateways.database, 'DELETE FROM runs'));
  const start = (project: string, body: object = {}) =>
    sendTo(limited, 'POST', `/v1/projects/${project}/runs`, { documents: ['prd'], mode: 'draft', ...body });
  const activeRuns = () => query(gateways.database, `SELECT id FROM runs WHERE status IN ('queued', 'running')`);

  it('and not one more, however many ask at once; who is refused has written nothing', async () => {
    const projects = await Promise.all(Array.from({ length: 50 }, () => newProject()));
    const answers = await Promise.all(projects.map((project) => start(project)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(LIMIT);
    expect(await activeRuns()).toHaveLength(LIMIT);
    for (const { status, body, headers } of answers.filter(({ status }) => status !== 202)) {
      expect({ status, body }).toMatchObject({ status: 429, body: { code: 'too_many_runs', limit: LIMIT } });
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(5);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(30);
    }
    const before = await countRows(gateways.database);
    expect(await start(await newProject())).toMatchObject({ status: 429 });
    const after = await countRows(gateways.database);
    expect(after.filter(({ name }) => name !== 'projects')).toEqual(before.filter(({ name }) => name !== 'projects'));
  });

  it('those that wait included, and one that ended makes room', async () => {
    const projects = await Promise.all(Array.from({ length: LIMIT }, () => newProject()));
    const [first = ''] = await Promise.all(projects.slice(1).map(async (project) => idOf(await start(project))));
    const [project = ''] = projects;
    const holder = await sendTo(limited, 'POST', `/v1/projects/${project}/runs`, {});
    expect(holder.status).toBe(202);
    expect(await start(project, { on_conflict: 'enqueue' })).toMatchObject({ status: 429 });
    // Who is in the way is the better answer where somebody is.
    expect(await start(project)).toMatchObject({ status: 409, body: { run_id: idOf(holder) } });
    await advance(gateways.database, first, { type: 'cancel_requested', at: Date.now() });
    const waiting = await start(project, { on_conflict: 'enqueue' });
    expect(waiting.status).toBe(202);
    expect(await start(await newProject())).toMatchObject({ status: 429 });
    // Joining the run that waits makes none.
    expect(await start(project, { on_conflict: 'enqueue' })).toMatchObject({
      status: 202,
      body: { id: idOf(waiting) },
    });
  });

  it('retries included, and a key is free again', async () => {
    const project = await newProject();
    const ended = idOf(await start(project));
    await advance(gateways.database, ended, { type: 'cancel_requested', at: Date.now() });
    for (let i = 0; i < LIMIT; i++) expect((await start(await newProject())).status).toBe(202);
    const retry = () => sendTo(limited, 'POST', `/v1/runs/${ended}/retry`, {}, { 'idempotency-key': 'once-more' });
    expect(await retry()).toMatchObject({ status: 429 });
    await query(gateways.database, `DELETE FROM runs WHERE status = 'queued'`);
    expect(await retry()).toMatchObject({ status: 202, body: { retry_of: ended } });
  });

  it('each workspace for itself', async () => {
    for (let i = 0; i < LIMIT; i++) expect((await start(await newProject())).status).toBe(202);
    const workspaceId = newId();
    await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [workspaceId]);
    await query(gateways.database, 'UPDATE runs SET workspace_id = $1', [workspaceId]);
    expect((await start(await newProject())).status).toBe(202);
  });
});
