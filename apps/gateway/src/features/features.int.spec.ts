import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FeatureResource } from '@planwright/contracts';
import { FEATURE_ACCEPTED } from '@planwright/contracts';
import { ensureBootstrapKey, ensureKey } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { advance, countRows, idOf, openGateways, query, send as sendTo, writeRun } from '../../test/fixture.js';
import type { Answer, Gateways } from '../../test/fixture.js';
import { planBundleOf } from '../../test/plan-bundle.js';

let gateways: Gateways;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

let project: string;
beforeEach(async () => {
  project = idOf(
    await send('POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court.', constraints: 'Free.' }),
  );
  gateways.sent.length = 0;
});

const DESCRIPTION = 'Members swap slots with each other without asking the caretaker.';
const send = (method: string, url: string, body?: unknown, headers?: Record<string, string>, to = app) =>
  sendTo(to, method, url, body, headers);
const ask = (body: unknown = { description: DESCRIPTION }, headers?: Record<string, string>, to = app) =>
  send('POST', `/v1/projects/${project}/features`, body, headers, to);
const named = ({ body }: Answer) => ({ feature: String(body['feature_id']), run: String(body['run_id']) });
const read = async (id: string) => (await send('GET', `/v1/features/${id}`)).body as unknown as FeatureResource;
/** A feature that failed: its design was declined. The orchestrator's part of it is done here. */
async function failedFeature() {
  const { feature, run } = named(await ask());
  await writeRun(gateways.database, run, (section) => (section === 'feature_design' ? null : `Text of ${section}.`));
  await gateways.database.transaction((tx) => tx.features.fail(feature, 'Design was declined.', Date.now()));
  gateways.sent.length = 0;
  return { feature, run };
}
const documentsOf = (run: string) =>
  query<{ kind: string; id: string; feature_id: string; inputs: Record<string, string>; carried: string[] }>(
    gateways.database,
    `SELECT d.kind, v.id, d.feature_id, v.inputs, ARRAY(
       SELECT section_id FROM sections s WHERE s.version_id = v.id AND s.status = 'completed' ORDER BY "order"
     ) AS carried
     FROM document_versions v JOIN documents d ON d.id = v.document_id WHERE v.run_id = $1 ORDER BY v.run_position`,
    [run],
  );

describe('a feature that is asked for', () => {
  it('is answered at once, with everything written and nothing begun', async () => {
    const answer = await ask();
    const { feature, run } = named(answer);
    expect(answer).toMatchObject({ status: 202, headers: { location: `/v1/features/${feature}` } });
    expect(answer.body).toEqual({
      message: FEATURE_ACCEPTED,
      status: 'processing',
      feature_id: feature,
      run_id: run,
    });
    expect(await read(feature)).toEqual({
      id: feature,
      project_id: project,
      run_id: run,
      description: DESCRIPTION,
      status: 'pending',
      processing_started_at: null,
      processing_completed_at: null,
      error_message: null,
      generated_from_idea: false,
      spec_version_id: null,
      task_count: 0,
      created_at: expect.stringMatching(/Z$/),
    });
    expect((await send('GET', `/v1/runs/${run}`)).body).toMatchObject({
      kind: 'feature',
      mode: null,
      status: 'queued',
      input_snapshot: { idea: 'Find a free court.', constraints: 'Free.', feature_description: DESCRIPTION },
      documents: [{ kind: 'feature_spec' }, { kind: 'feature_tasks' }],
    });
    const steps = await query<{ class: string; status: string; attempt: number }>(
      gateways.database,
      'SELECT class, status, attempt FROM steps WHERE run_id = $1',
      [run],
    );
    expect(steps).toEqual(Array(5).fill({ class: 'features', status: 'queued', attempt: 0 }));
    expect(gateways.sent).toMatchObject([{ name: 'run.start', payload: { run_id: run } }]);
  });

  it('reads the active PRD and tech spec as they are now, and neither where there is none', async () => {
    const without = await documentsOf(named(await ask()).run);
    expect(without.map(({ inputs }) => inputs)).toEqual([{}, { feature_spec: without[0]?.id }]);
    const plan = { documents: ['prd', 'tech'], mode: 'draft' };
    const planned = idOf(await send('POST', `/v1/projects/${project}/runs`, plan));
    await writeRun(gateways.database, planned, (section) => `Text of ${section}.`);
    const { body } = await send('GET', `/v1/projects/${project}`);
    const pinned = { prd: body['active_prd_version_id'], tech_spec: body['active_tech_version_id'] };
    const made = await documentsOf(named(await ask()).run);
    expect(made.map(({ inputs }) => inputs)).toEqual([pinned, { ...pinned, feature_spec: made[0]?.id }]);
  });

  it('may be one of several at once: each has documents of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => ask({ description: `Feature ${i}` })));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(202));
    const documents = (await Promise.all(answers.map((answer) => documentsOf(named(answer).run)))).flat();
    expect(documents).toHaveLength(10);
    expect(new Set(documents.map(({ feature_id }) => feature_id))).toEqual(
      new Set(answers.map((answer) => named(answer).feature)),
    );
  });

  it.each([
    ['no description', {}, '/description', undefined],
    ['an empty one', { description: '' }, '/description', undefined],
    ['a blank one', { description: ' \n' }, '/description', undefined],
    ['one that is too long', { description: 'x'.repeat(8_001) }, '/description', 8_000],
    ['NUL in it', { description: 'a\u0000b' }, '/description', undefined],
    ['a provider nobody offers', { description: 'x', provider: 'openai' }, '/provider', ['offline']],
    ['a model that is no name', { description: 'x', model: ' ' }, '/model', undefined],
    ['an unknown field', { description: 'x', mode: 'draft' }, '/mode', undefined],
  ])('is refused with %s, and leaves nothing behind', async (_what, body, pointer, limit) => {
    const before = await countRows(gateways.database);
    expect(await ask(body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ pointer, ...(limit !== undefined && { limit }) }] },
    });
    expect(await countRows(gateways.database)).toEqual(before);
    expect(await query(gateways.database, 'SELECT 1 FROM features WHERE project_id = $1', [project])).toEqual([]);
    expect(gateways.sent).toEqual([]);
  });

  it('may take 8,000 characters', async () => {
    expect((await ask({ description: 'x'.repeat(8_000) })).status).toBe(202);
  });

  it('of a project that is not there is not found, and nothing is queued', async () => {
    expect(await send('POST', `/v1/projects/${newId()}/features`, { description: 'x' })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    expect(gateways.sent).toEqual([]);
  });

  it('with a key is made once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(undefined, { 'idempotency-key': 'one' })));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect((await send('GET', `/v1/projects/${project}/features`)).body['items']).toHaveLength(1);
    const other = await ask({ description: 'Another.' }, { 'idempotency-key': 'one' });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('counts as an active run of its workspace', async () => {
    await query(gateways.database, 'DELETE FROM runs');
    const limited = await gateways.start({ maxActiveRuns: 2 });
    const answers = [await ask(), await ask(), await ask(undefined, {}, limited)];
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 429]);
    expect((await send('GET', `/v1/projects/${project}/features`)).body['items']).toHaveLength(2);
  });
});

describe('the features of a project', () => {
  it('are listed newest first, page by page, those that failed included, or by status', async () => {
    const { feature: failed } = await failedFeature();
    const later = [named(await ask()).feature, named(await ask()).feature];
    const all = [...later].reverse().concat(failed);
    const list = async (query: string) => {
      const { body } = await send('GET', `/v1/projects/${project}/features${query}`);
      return { ids: (body['items'] as FeatureResource[]).map(({ id }) => id), next: body['next_cursor'] };
    };
    expect(await list('')).toEqual({ ids: all, next: null });
    const { ids, next } = await list('?limit=2');
    expect(ids).toEqual(all.slice(0, 2));
    expect(await list(`?limit=2&cursor=${String(next)}`)).toEqual({ ids: [failed], next: null });
    expect((await list('?status=failed')).ids).toEqual([failed]);
    expect((await list('?status=pending')).ids).toEqual(all.slice(0, 2));
    expect((await list('?status=completed')).ids).toEqual([]);
    expect(await send('GET', `/v1/projects/${project}/features?status=done`)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '?status', limit: ['pending', 'processing', 'completed', 'failed'] }] },
    });
    expect((await send('GET', `/v1/projects/${newId()}/features`)).status).toBe(404);
  });
});

describe('a feature that failed', () => {
  it('is retried by a new run that keeps what is finished', async () => {
    const { feature, run } = await failedFeature();
    const before = await read(feature);
    expect(before).toMatchObject({ status: 'failed', run_id: run, error_message: 'Design was declined.' });
    const answer = await send('POST', `/v1/features/${feature}/retry`);
    const second = named(answer).run;
    expect(answer).toMatchObject({
      status: 202,
      headers: { location: `/v1/features/${feature}` },
      body: { message: FEATURE_ACCEPTED, status: 'processing', feature_id: feature },
    });
    expect(await read(feature)).toMatchObject({
      status: 'pending',
      run_id: second,
      error_message: null,
      processing_completed_at: null,
    });
    const [spec, tasks] = await documentsOf(second);
    expect(spec).toMatchObject({ feature_id: feature, kind: 'feature_spec' });
    expect(spec?.carried).toEqual(['feature_overview', 'feature_behaviour', 'feature_risks_rollout']);
    expect(tasks).toMatchObject({ kind: 'feature_tasks', carried: [], inputs: { feature_spec: spec?.id } });
    expect((await send('GET', `/v1/runs/${second}`)).body).toMatchObject({ retry_of: run, kind: 'feature' });
    expect(gateways.sent).toMatchObject([{ name: 'run.start', payload: { run_id: second } }]);
  });

  it('is retried once, however many ask', async () => {
    const { feature } = await failedFeature();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('POST', `/v1/features/${feature}/retry`)));
    const [made, ...others] = answers.toSorted((a, b) => a.status - b.status);
    expect(made?.status).toBe(202);
    for (const { status, body } of others) {
      expect({ status, body }).toMatchObject({
        status: 409,
        body: { code: 'run_active', run_id: made?.body['run_id'] },
      });
    }
  });

  it('is retried with its run, too', async () => {
    const { feature, run } = await failedFeature();
    const retried = await send('POST', `/v1/runs/${run}/retry`);
    expect(retried.status).toBe(202);
    expect(await read(feature)).toMatchObject({ status: 'pending', run_id: idOf(retried) });
  });

  it('may be given to another writer; one that is not offered changes nothing', async () => {
    const { feature, run } = await failedFeature();
    expect(await send('POST', `/v1/features/${feature}/retry`, { provider: 'openai' })).toMatchObject({ status: 400 });
    expect(await read(feature)).toMatchObject({ status: 'failed', run_id: run });
    const { run: second } = named(await send('POST', `/v1/features/${feature}/retry`, { model: 'other-writer' }));
    expect((await send('GET', `/v1/runs/${second}`)).body).toMatchObject({
      provider: 'offline',
      model: 'other-writer',
    });
  });
});

/** A feature that is completed. The orchestrator's part of it is done here. */
async function completedFeature() {
  const { feature, run } = named(await ask());
  await writeRun(gateways.database, run, (section) => `Text of ${section}.`);
  const [spec] = await query<{ id: string }>(
    gateways.database,
    `SELECT id FROM documents WHERE feature_id = $1 AND kind = 'feature_spec'`,
    [feature],
  );
  await gateways.database.transaction(async (tx) => {
    await tx.features.begin(feature, Date.now());
    await tx.features.showSpec(feature, spec?.id ?? '');
    await tx.features.complete(feature, 3, Date.now());
  });
  return { feature, run };
}

describe('a feature that is completed, and made from something that is different today', () => {
  const outdated = async () => {
    const made = await completedFeature();
    await query(
      gateways.database,
      `UPDATE sections SET made_from = '{"idea": "another"}' WHERE section_id = 'feature_overview'
         AND version_id IN (SELECT id FROM document_versions WHERE run_id = $1)`,
      [made.run],
    );
    return made;
  };

  it('is named where the plan has nothing to bring up to date, and shows whose documents are stale', async () => {
    const [{ feature }, { feature: other }] = [await outdated(), await completedFeature()];
    const { body } = await send('GET', `/v1/projects/${project}/documents`);
    const items = body['items'] as { kind: string; feature_id: string; stale: boolean }[];
    expect(items.map(({ kind, feature_id, stale }) => [kind, feature_id, stale])).toEqual([
      ['feature_spec', feature, true],
      ['feature_tasks', feature, false],
      ['feature_spec', other, false],
      ['feature_tasks', other, false],
    ]);
    const refused = await send('POST', `/v1/projects/${project}/runs`, { stale: true });
    expect(refused).toMatchObject({ status: 409, body: { code: 'nothing_stale' } });
    expect(refused.body['detail']).toContain(feature);
    expect(refused.body['detail']).not.toContain(other);
  });

  it('is written anew by a retry, once, from what there is now', async () => {
    const { feature, run } = await outdated();
    await send('PATCH', `/v1/projects/${project}`, { idea: 'Find a free boat.' });
    gateways.sent.length = 0;
    const retry = () => send('POST', `/v1/features/${feature}/retry`);
    const [made, refused] = (await Promise.all([retry(), retry()])).toSorted((a, b) => a.status - b.status);
    const second = String(made?.body['run_id']);
    expect([made?.status, refused?.status, refused?.body]).toMatchObject([
      202,
      409,
      { code: 'run_active', run_id: second },
    ]);
    expect(await read(feature)).toMatchObject({ status: 'pending', run_id: second, task_count: 3 });
    expect((await send('GET', `/v1/runs/${second}`)).body).toMatchObject({
      retry_of: null,
      input_snapshot: { idea: 'Find a free boat.', feature_description: DESCRIPTION },
    });
    const before = await documentsOf(run);
    const documents = await documentsOf(second);
    expect(documents.map(({ feature_id, carried }) => [feature_id, carried])).toEqual(before.map(() => [feature, []]));
    expect(gateways.sent).toMatchObject([{ name: 'run.start', payload: { run_id: second } }]);
  });
});

it('a feature shows the version of its spec that is active', async () => {
  const { feature, run } = await completedFeature();
  const [spec] = await documentsOf(run);
  expect((await read(feature)).spec_version_id).toBe(spec?.id);
  await query(gateways.database, 'UPDATE features SET spec_version_id = NULL WHERE id = $1', [feature]);
  expect((await send('POST', `/v1/versions/${spec?.id ?? ''}/activate`)).status).toBe(200);
  expect((await read(feature)).spec_version_id).toBe(spec?.id);
});

it('a feature that failed elsewhere and was imported is not retried, and says why', async () => {
  const imported = idOf(await send('POST', '/v1/projects/import', planBundleOf('Courts')));
  const { body } = await send('GET', `/v1/projects/${imported}/features?status=failed`);
  const [failed] = body['items'] as FeatureResource[];
  const refused = await send('POST', `/v1/features/${failed?.id ?? ''}/retry`);
  expect(refused).toMatchObject({ status: 409, body: { code: 'nothing_to_retry' } });
  expect(refused.body['detail']).toBe(`Feature ${failed?.id ?? ''} was imported: no run of it is here.`);
});

it('a feature that is being written, or is completed, is not retried', async () => {
  const { feature, run } = named(await ask());
  const retry = () => send('POST', `/v1/features/${feature}/retry`);
  expect(await retry()).toMatchObject({ status: 409, body: { code: 'run_active', run_id: run } });
  await writeRun(gateways.database, run, (section) => `Text of ${section}.`);
  await gateways.database.transaction(async (tx) => {
    await tx.features.begin(feature, Date.now());
    await tx.features.complete(feature, 3, Date.now());
  });
  expect(await retry()).toMatchObject({ status: 409, body: { code: 'nothing_to_retry' } });
  expect(await read(feature)).toMatchObject({ status: 'completed', task_count: 3 });
});

it('a feature is cancelled by its run, and asking again changes nothing', async () => {
  const { feature, run } = named(await ask());
  await advance(gateways.database, run, { type: 'run_started', at: Date.now() });
  gateways.sent.length = 0;
  const cancel = () => send('POST', `/v1/features/${feature}/cancel`);
  expect(await cancel()).toMatchObject({ status: 202, body: { id: feature, status: 'pending' } });
  expect(gateways.sent).toMatchObject([{ name: 'run.cancel', payload: { run_id: run } }]);
  expect((await cancel()).status).toBe(202);
  await advance(gateways.database, run, { type: 'cancel_requested', at: Date.now() });
  gateways.sent.length = 0;
  expect((await cancel()).status).toBe(202);
  expect(gateways.sent).toEqual([]);
});

it('nobody of another workspace sees, makes, retries or cancels a feature', async () => {
  const { feature } = await failedFeature();
  const closed = await gateways.start({ auth: 'required' });
  await ensureBootstrapKey(gateways.database, 'features-default-key-0123456789');
  const other = newId();
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [other]);
  await ensureKey(gateways.database, 'features-other-key-0123456789', { workspaceId: other, name: 'o' });
  const as = (key: string) => ({ authorization: `Bearer ${key}` });
  const requests: [string, string, unknown?][] = [
    ['POST', `/v1/projects/${project}/features`, { description: 'x' }],
    ['GET', `/v1/projects/${project}/features`],
    ['GET', `/v1/features/${feature}`],
    ['POST', `/v1/features/${feature}/retry`],
    ['POST', `/v1/features/${feature}/cancel`],
  ];
  const before = await countRows(gateways.database);
  for (const [method, url, body] of requests) {
    const answer = await send(method, url, body, as('features-other-key-0123456789'), closed);
    expect({ url, status: answer.status, code: answer.body['code'] }).toEqual({ url, status: 404, code: 'not_found' });
  }
  expect(await countRows(gateways.database)).toEqual(before);
  const own = await send('GET', `/v1/features/${feature}`, undefined, as('features-default-key-0123456789'), closed);
  expect(own.status).toBe(200);
});
