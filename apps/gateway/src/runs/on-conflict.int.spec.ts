import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { advance, countRows, idOf, openGateways, query, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
let project: string;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());
beforeEach(async () => {
  project = idOf(await sendTo(app, 'POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court.' }));
  gateways.sent.length = 0;
});

const start = (body: Record<string, unknown> = {}): Promise<Answer> =>
  sendTo(app, 'POST', `/v1/projects/${project}/runs`, { mode: 'draft', ...body });
const run = (id: string) => sendTo(app, 'GET', `/v1/runs/${id}`);
const messages = () =>
  gateways.sent.map(({ name, payload }) => `${name} ${(payload as { run_id: string }).run_id}`).sort();
const scopes = async (runId: string) =>
  (
    await query<{ scope: string; waiting: boolean }>(
      gateways.database,
      'SELECT scope, waiting FROM run_scopes WHERE run_id = $1 ORDER BY scope',
      [runId],
    )
  ).map(({ scope, waiting }) => `${scope}${waiting ? ' waiting' : ''}`);
const text = (id: string) => (id === 'tasks' ? '{"tasks":[]}' : `The text of ${id}.`);

describe('a run that is in nobody’s way', () => {
  it.each(['reject', 'enqueue', 'replace'])('starts at once with %s', async (on_conflict) => {
    const answer = await start({ on_conflict });
    expect(answer).toMatchObject({ status: 202, body: { status: 'queued' } });
    expect(messages()).toEqual([`run.start ${idOf(answer)}`]);
    expect(await scopes(idOf(answer))).toEqual(['prd', 'task_set', 'tech_spec']);
  });

  it('is one of other documents', async () => {
    await writeRun(gateways.database, idOf(await start({ documents: ['prd'] })), text);
    const prd = await start({ documents: ['prd'] });
    const tech = await start({ documents: ['tech'], on_conflict: 'enqueue' });
    expect([prd.status, tech.status]).toEqual([202, 202]);
    expect(await scopes(idOf(tech))).toEqual(['tech_spec']);
  });
});

describe('reject', () => {
  it('is what happens when nothing is said', async () => {
    const holder = idOf(await start());
    const before = await countRows(gateways.database);
    for (const body of [{}, { on_conflict: 'reject' }, { documents: ['prd'] }]) {
      expect(await start(body)).toMatchObject({
        status: 409,
        body: { code: 'run_active', run_id: holder, scope: 'prd', detail: `Run ${holder} is already writing prd.` },
      });
    }
    expect(await countRows(gateways.database)).toEqual(before);
  });
});

describe('enqueue', () => {
  it('makes a run that waits, and starts when its holder has ended', async () => {
    const holder = idOf(await start());
    gateways.sent.length = 0;
    const answer = await start({ on_conflict: 'enqueue' });
    const waiting = idOf(answer);
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/v1/runs/${waiting}` },
      body: { status: 'queued', started_at: null },
    });
    expect(waiting).not.toBe(holder);
    expect(messages()).toEqual([]);
    expect(await scopes(waiting)).toEqual(['prd waiting', 'task_set waiting', 'tech_spec waiting']);
    // A stray command does not start it.
    expect((await advance(gateways.database, waiting, { type: 'run_started', at: 1 })).effects).toEqual([
      { type: 'ignored', reason: 'run_waiting' },
    ]);
    const { promoted } = await writeRun(gateways.database, holder, text);
    expect(promoted).toMatchObject([{ runId: waiting }]);
    expect(await scopes(waiting)).toEqual(['prd', 'task_set', 'tech_spec']);
    expect((await writeRun(gateways.database, waiting, text)).state.status).toBe('succeeded');
  });

  it('answers the run that waits already, whatever else is asked of it', async () => {
    await start();
    const waiting = await start({ on_conflict: 'enqueue' });
    const before = await countRows(gateways.database);
    for (const body of [{}, { mode: 'detailed' }, { documents: ['prd'] }, { documents: ['tech', 'prd'] }]) {
      const answer = await start({ ...body, on_conflict: 'enqueue' });
      expect(answer).toMatchObject({ status: 202, headers: { location: `/v1/runs/${idOf(waiting)}` } });
      expect(answer.body).toEqual(waiting.body);
    }
    expect(await countRows(gateways.database)).toEqual(before);
  });

  it('is refused where the run that waits will not write all of it', async () => {
    await start();
    const waiting = idOf(await start({ documents: ['prd'], on_conflict: 'enqueue' }));
    const before = await countRows(gateways.database);
    expect(await start({ on_conflict: 'enqueue' })).toMatchObject({
      status: 409,
      body: { code: 'run_active', run_id: waiting, scope: 'prd', detail: expect.stringContaining('already waits') },
    });
    expect(await countRows(gateways.database)).toEqual(before);
    // Others may wait for what nobody waits for.
    expect(await start({ documents: ['prd'], on_conflict: 'enqueue' })).toMatchObject({ body: { id: waiting } });
  });

  it('does not join a run that was told to stop', async () => {
    await start();
    const waiting = idOf(await start({ on_conflict: 'enqueue' }));
    await sendTo(app, 'POST', `/v1/runs/${waiting}/cancel`);
    expect(await start({ on_conflict: 'enqueue' })).toMatchObject({
      status: 409,
      body: { code: 'run_active', run_id: waiting, detail: expect.stringContaining('is being cancelled') },
    });
    await advance(gateways.database, waiting, { type: 'cancel_requested', at: Date.now() });
    const next = await start({ on_conflict: 'enqueue' });
    expect(next).toMatchObject({ status: 202, body: { status: 'queued' } });
    expect(idOf(next)).not.toBe(waiting);
  });

  it('makes one holder and one that waits of a hundred at once', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => start({ on_conflict: 'enqueue' })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    const count = (id: string) => answers.filter((answer) => idOf(answer) === id).length;
    const ids = [...new Set(answers.map(idOf))].sort((a, b) => count(a) - count(b));
    expect(ids.map(count)).toEqual([1, 99]);
    expect(await scopes(ids[0] ?? '')).toEqual(['prd', 'task_set', 'tech_spec']);
    expect(await scopes(ids[1] ?? '')).toEqual(['prd waiting', 'task_set waiting', 'tech_spec waiting']);
    expect((await sendTo(app, 'GET', `/v1/projects/${project}/runs`)).body['items']).toHaveLength(2);
  });

  it('loses nobody while holders end: whoever waits is promoted, or finds the documents free', async () => {
    for (let round = 0; round < 5; round++) {
      const holder = await start({ documents: ['prd'], on_conflict: 'enqueue' });
      await writeRun(gateways.database, idOf(holder), text, 'executive_summary');
      const [asked, ended] = await Promise.all([
        start({ documents: ['prd'], on_conflict: 'enqueue' }),
        advanceToEnd(idOf(holder)),
      ]);
      expect(asked.status).toBe(202);
      const waited = ended.promoted.some(({ runId }) => runId === idOf(asked));
      const started = messages().includes(`run.start ${idOf(asked)}`);
      expect([waited, started].filter(Boolean)).toHaveLength(1);
      expect(await scopes(idOf(asked))).toEqual(['prd']);
      await writeRun(gateways.database, idOf(asked), text);
    }
  });
});

describe('replace', () => {
  it('stops the holder and waits for its end', async () => {
    const holder = idOf(await start());
    gateways.sent.length = 0;
    const answer = await start({ on_conflict: 'replace', documents: ['prd'] });
    const waiting = idOf(answer);
    expect(answer).toMatchObject({ status: 202, body: { status: 'queued' } });
    expect(messages()).toEqual([`run.cancel ${holder}`]);
    const { promoted } = await advance(gateways.database, holder, { type: 'cancel_requested', at: Date.now() });
    expect(promoted).toMatchObject([{ runId: waiting }]);
    expect(await run(holder)).toMatchObject({ body: { status: 'cancelled' } });
  });

  it('stops every holder, and no run of other documents', async () => {
    await writeRun(gateways.database, idOf(await start()), text);
    const holders = [];
    for (const document of ['prd', 'tech', 'task_set']) holders.push(idOf(await start({ documents: [document] })));
    gateways.sent.length = 0;
    await start({ on_conflict: 'replace', documents: ['tech', 'prd'] });
    expect(messages()).toEqual(holders.slice(0, 2).map((id) => `run.cancel ${id}`));
  });

  it('answers the run that waits already, and stops the holder all the same', async () => {
    const holder = idOf(await start());
    const waiting = idOf(await start({ on_conflict: 'enqueue' }));
    gateways.sent.length = 0;
    expect(await start({ on_conflict: 'replace' })).toMatchObject({ status: 202, body: { id: waiting } });
    expect(messages()).toEqual([`run.cancel ${holder}`]);
  });

  it('stops nothing where it is refused', async () => {
    const holder = idOf(await start());
    await start({ on_conflict: 'enqueue', documents: ['prd'] });
    gateways.sent.length = 0;
    const before = await countRows(gateways.database);
    expect(await start({ on_conflict: 'replace' })).toMatchObject({ status: 409, body: { code: 'run_active' } });
    expect(await countRows(gateways.database)).toEqual(before);
    const [row] = await query(gateways.database, 'SELECT cancel_requested_at AS at FROM runs WHERE id = $1', [holder]);
    expect(row).toEqual({ at: null });
    expect(messages()).toEqual([]);
  });

  it('makes one holder and one that waits of thirty at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => start({ on_conflict: 'replace' })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(idOf)).size).toBe(2);
  });
});

/** The last section, as its generator reports it. */
async function advanceToEnd(runId: string) {
  const { state } = await advance(gateways.database, runId, { type: 'run_checked', at: Date.now() });
  const open = state.documents.flatMap(({ steps }) => steps).find(({ status }) => status === 'queued');
  if (!open) throw new Error('nothing is left to write');
  const fence = { stepId: open.stepId, attempt: open.attempt, at: Date.now() };
  return advance(gateways.database, runId, { type: 'step_generated', ...fence }, 'The end.');
}
