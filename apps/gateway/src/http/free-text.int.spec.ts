import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newId } from '@planwright/runtime';
import { freeTexts } from '@planwright/testing';
import { countRows, idOf, openGateways, send } from '../../test/fixture.js';
import type { Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
let project: string;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
  project = idOf(await send(app, 'POST', '/v1/projects', { name: 'P', idea: 'I', constraints: 'C' }));
}, 60_000);
afterAll(() => gateways.close());

const WRONG = 'must not contain NUL characters or lone surrogates';
/** As it comes over the wire: JSON can spell what no text may hold. */
const json = (body: unknown, escape: string) => JSON.stringify(body).replace('@', escape);

describe.each([
  ['a NUL', '\\u0000'],
  ['the first half of a surrogate pair', '\\ud83d'],
  ['the second half of one', '\\ude00'],
])('%s', (_what, escape) => {
  it.each(['name', 'idea', 'constraints'])('is 400 in the %s of a project, which stays as it was', async (field) => {
    const before = await countRows(gateways.database);
    const body = (others: object) => json({ ...others, [field]: 'A @ B' }, escape);
    const created = await send(app, 'POST', '/v1/projects', body({ name: 'P', idea: 'I' }));
    const updated = await send(app, 'PATCH', `/v1/projects/${project}`, body({}));
    for (const answer of [created, updated]) {
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: `/${field}`, message: WRONG }] } });
    }
    expect(await countRows(gateways.database)).toEqual(before);
    expect((await send(app, 'GET', `/v1/projects/${project}`)).body).toMatchObject({
      ...{ name: 'P', idea: 'I', constraints: 'C' },
    });
  });

  it.each(freeTexts())('is 400 in $pointer of $method $url', async ({ method, url, pointer, bodyWith }) => {
    const path = url.replace('/projects/{id}', `/projects/${project}`).replaceAll(/\{\w+\}/g, () => newId());
    const before = await countRows(gateways.database);
    const answer = await send(app, method, path, json(bodyWith('A @ B'), escape), { 'if-match': '"1"' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    // An answer names 20 fields; the least body for a place deep in a bundle lacks more than that.
    const named = (answer.body['errors'] as { pointer: string }[]).map((error) => error.pointer);
    if (named.length < 20) expect(named).toContain(pointer);
    expect(await countRows(gateways.database)).toEqual(before);
  });
});
