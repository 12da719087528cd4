import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId } from '@planwright/runtime';
import { ensureKey } from '@planwright/persistence';
import { advance, countRows, idOf, openGateways, query, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
let project: string;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start({
    offer: [
      { provider: 'offline', defaultModel: 'offline-writer' },
      { provider: 'other', defaultModel: 'other-writer' },
    ],
  });
}, 60_000);
afterAll(() => gateways.close());
beforeEach(async () => {
  project = idOf(await sendTo(app, 'POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court.' }));
});

const send = (method: string, url: string, body?: unknown) => sendTo(app, method, url, body);
const start = async (body: Record<string, unknown> = {}) =>
  idOf(await send('POST', `/v1/projects/${project}/runs`, { mode: 'draft', ...body }));
const retry = (id: string, body?: Record<string, unknown>): Promise<Answer> =>
  send('POST', `/v1/runs/${id}/retry`, body);
const run = async (id: string) => (await send('GET', `/v1/runs/${id}`)).body;
const text = (id: string) => (id === 'tasks' ? '{"tasks":[]}' : `The text of ${id}.`);
const without =
  (...failing: string[]) =>
  (id: string) =>
    failing.includes(id) ? null : text(id);

interface Section {
  id: string;
  status: string;
  content: string | null;
  [field: string]: unknown;
}
/** The section rows a run has written or carries of its first document. */
async function sectionsOf(runId: string): Promise<Section[]> {
  const { documents } = (await run(runId)) as unknown as { documents: { version_id: string }[] };
  const version = await send('GET', `/v1/versions/${documents[0]?.version_id}`);
  return version.body['sections'] as Section[];
}
const stepsOf = async (runId: string) =>
  ((await run(runId))['steps'] as { document: string; section_id: string }[]).map(
    ({ document, section_id }) => `${document}/${section_id}`,
  );

describe('a retry', () => {
  it('carries what is finished, writes the rest, and lets the chain go on', async () => {
    const first = await start();
    await writeRun(gateways.database, first, without('identified_gaps'));
    expect(await run(first)).toMatchObject({ status: 'partial' });
    gateways.sent.length = 0;
    const answer = await retry(first);
    const second = idOf(answer);
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/v1/runs/${second}` },
      body: { status: 'queued', retry_of: first, mode: 'draft', sections_completed: 6, sections_total: 7 },
    });
    expect(gateways.sent).toMatchObject([{ name: 'run.start', payload: { run_id: second } }]);
    const [left, ...others] = await stepsOf(second);
    expect(left).toBe('prd/identified_gaps');
    expect(new Set(others.map((step) => step.split('/')[0]))).toEqual(new Set(['tech_spec', 'task_set']));
    const [old, carried] = [await sectionsOf(first), await sectionsOf(second)];
    for (const section of carried) {
      const before = old.find(({ id }) => id === section.id);
      if (section.id === 'identified_gaps')
        expect(section).toMatchObject({ status: 'pending', content: null, error: null });
      else expect(section).toEqual(before);
    }
    const { state } = await writeRun(gateways.database, second, text);
    expect(state.status).toBe('succeeded');
    expect(await run(first)).toMatchObject({ status: 'partial' });
    const read = await send('GET', `/v1/projects/${project}`);
    const { documents } = (await run(second)) as unknown as { documents: { version_id: string }[] };
    expect(read.body['active_prd_version_id']).toBe(documents[0]?.version_id);
  });

  it('reads the documents that are ready and what its run had pinned', async () => {
    await writeRun(gateways.database, await start({ documents: ['prd'] }), text);
    const pinned = (await send('GET', `/v1/projects/${project}`)).body['active_prd_version_id'];
    const first = await start({ documents: ['tech', 'task_set'] });
    await writeRun(gateways.database, first, without('tasks'));
    // A newer PRD does not change what the retry reads.
    await writeRun(gateways.database, await start({ documents: ['prd'] }), text);
    const { documents } = (await run(first)) as unknown as { documents: { kind: string; version_id: string }[] };
    const second = idOf(await retry(first));
    expect(await stepsOf(second)).toEqual(['task_set/tasks']);
    const [version] = await query<{ inputs: object }>(
      gateways.database,
      'SELECT inputs FROM document_versions WHERE run_id = $1',
      [second],
    );
    expect(version?.inputs).toEqual({ prd: pinned, tech_spec: documents[0]?.version_id });
  });

  it('keeps blueprints, templates and the idea of its run', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('goals_objectives'));
    await send('PATCH', `/v1/projects/${project}`, { idea: 'Something else.' });
    const second = idOf(await retry(first));
    const pinned = await query(
      gateways.database,
      `SELECT count(DISTINCT (pinned_templates, pinned_blueprints, input_snapshot))::int AS kinds FROM runs WHERE id IN ($1, $2)`,
      [first, second],
    );
    expect(pinned).toEqual([{ kinds: 1 }]);
    expect(await run(second)).toMatchObject({ input_snapshot: { idea: 'Find a free court.' } });
  });

  it.each([
    [{}, 'other', 'm1'],
    [{ model: 'm2' }, 'other', 'm2'],
    [{ provider: 'offline' }, 'offline', 'offline-writer'],
    [undefined, 'other', 'm1'],
  ])('with %j is written by %s, %s', async (body, provider, model) => {
    const first = await start({ documents: ['prd'], provider: 'other', model: 'm1' });
    await writeRun(gateways.database, first, without('next_steps'));
    expect(await retry(first, body)).toMatchObject({ status: 202, body: { provider, model } });
  });

  it('of a run that was cancelled before it wrote anything writes all of it', async () => {
    const first = await start({ documents: ['prd'] });
    await advance(gateways.database, first, { type: 'cancel_requested', at: Date.now() });
    const second = idOf(await retry(first));
    expect(await stepsOf(second)).toHaveLength(7);
    expect((await writeRun(gateways.database, second, text)).state.status).toBe('succeeded');
  });

  it('of a retry carries what both have written', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('identified_gaps', 'next_steps'));
    const second = idOf(await retry(first));
    await writeRun(gateways.database, second, without('next_steps'));
    const third = idOf(await retry(second));
    expect(await stepsOf(third)).toEqual(['prd/next_steps']);
    expect((await sectionsOf(third)).filter(({ status }) => status === 'completed')).toHaveLength(6);
  });
});

describe('a retry is refused', () => {
  const refused = async (id: string, body: unknown, expected: object) => {
    const before = await countRows(gateways.database);
    expect(await retry(id, body as Record<string, unknown>)).toMatchObject(expected);
    expect(await countRows(gateways.database)).toEqual(before);
  };

  it('while its run has not ended', async () => {
    const first = await start();
    await refused(first, {}, { status: 409, body: { code: 'run_active', run_id: first } });
  });

  it('where everything is written', async () => {
    const first = await start();
    await writeRun(gateways.database, first, text);
    await refused(first, {}, { status: 409, body: { code: 'nothing_to_retry' } });
  });

  it.each([
    ['a run nobody has', () => newId(), 404, 'not_found'],
    ['an id that is none', () => '42', 400, 'invalid_request'],
  ])('for %s', async (_what, id, status, code) => refused(id(), {}, { status, body: { code } }));

  it('for a run of another workspace', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('next_steps'));
    const closed = await gateways.start({ auth: 'required' });
    const workspaceId = newId();
    await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [workspaceId]);
    const key = `key-of-${workspaceId}`;
    await ensureKey(gateways.database, key, { workspaceId, name: 'o' });
    const headers = { authorization: `Bearer ${key}` };
    expect(await sendTo(closed, 'POST', `/v1/runs/${first}/retry`, {}, headers)).toMatchObject({ status: 404 });
  });

  it.each([
    ['an unknown way', { on_conflict: 'merge' }, '/on_conflict'],
    ['an unknown field', { mode: 'draft' }, '/mode'],
    ['a provider that is not offered', { provider: 'nobody' }, '/provider'],
    ['a number for a model', { model: 5 }, '/model'],
    ['a list', [], '/'],
  ])('with %s', async (_what, body, pointer) => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('next_steps'));
    await refused(first, body, { status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } });
  });

  it.each(['reject', 'enqueue'])('with %s while another retry of the run is active', async (on_conflict) => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('next_steps'));
    const second = idOf(await retry(first));
    await refused(first, { on_conflict }, { status: 409, body: { code: 'run_active', run_id: second } });
  });

  it('once another retry of the run has written something', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('next_steps'));
    const second = idOf(await retry(first));
    await writeRun(gateways.database, second, text);
    await refused(first, {}, { status: 409, body: { code: 'superseded', run_id: second, scope: 'prd' } });
  });

  it('once another run has written one of the documents, were it one that was not reached', async () => {
    const first = await start();
    await writeRun(gateways.database, first, without('next_steps'));
    const other = await start({ documents: ['tech'] });
    await writeRun(gateways.database, other, text);
    await refused(first, {}, { status: 409, body: { code: 'superseded', run_id: other, scope: 'tech_spec' } });
  });

  it('not by a newer run that wrote nothing', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('next_steps'));
    const second = idOf(await retry(first));
    await advance(gateways.database, second, { type: 'cancel_requested', at: Date.now() });
    const other = await start({ documents: ['prd'] });
    await writeRun(gateways.database, other, () => null);
    expect(await retry(first)).toMatchObject({ status: 202 });
  });

  it('but by one that was cancelled with a text', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, () => null);
    const other = await start({ documents: ['prd'] });
    await writeRun(gateways.database, other, text, 'goals_objectives');
    const { state } = await advance(gateways.database, other, { type: 'cancel_requested', at: Date.now() });
    for (const { stepId, attempt, status } of state.documents.flatMap(({ steps }) => [...steps])) {
      if (status === 'queued' && attempt > 0) {
        await advance(gateways.database, other, { type: 'step_cancelled', stepId, attempt, at: Date.now() });
      }
    }
    expect(await run(other)).toMatchObject({ status: 'cancelled' });
    await refused(first, {}, { status: 409, body: { code: 'superseded', run_id: other } });
  });
});

describe('a retry beside others', () => {
  it('waits for a run of the same documents, and still reads what its run read', async () => {
    await writeRun(gateways.database, await start({ documents: ['prd'] }), text);
    const pinned = (await send('GET', `/v1/projects/${project}`)).body['active_prd_version_id'];
    const first = await start({ documents: ['tech'] });
    await writeRun(gateways.database, first, () => null);
    await writeRun(gateways.database, await start({ documents: ['prd'] }), text);
    const holder = await start({ documents: ['tech'] });
    const second = idOf(await retry(first, { on_conflict: 'enqueue' }));
    const { promoted } = await writeRun(gateways.database, holder, () => null);
    expect(promoted).toMatchObject([{ runId: second }]);
    const inputs = await query(gateways.database, 'SELECT inputs FROM document_versions WHERE run_id = $1', [second]);
    expect(inputs).toEqual([{ inputs: { prd: pinned } }]);
  });

  it('replaces another retry, say with another provider', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('next_steps'));
    const second = idOf(await retry(first));
    const third = await retry(first, { on_conflict: 'replace', provider: 'other' });
    expect(third).toMatchObject({ status: 202, body: { retry_of: first, provider: 'other', status: 'queued' } });
    const { promoted } = await advance(gateways.database, second, { type: 'cancel_requested', at: Date.now() });
    expect(promoted).toMatchObject([{ runId: idOf(third) }]);
  });

  it('is one for many clicks; the others learn which', async () => {
    const first = await start({ documents: ['prd'] });
    await writeRun(gateways.database, first, without('next_steps'));
    const answers = await Promise.all(Array.from({ length: 30 }, () => retry(first)));
    const made = answers.filter(({ status }) => status === 202);
    expect(made).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 202)) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'run_active', run_id: idOf(made[0] as Answer) } });
    }
  });
});
