import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DEFAULT_WORKSPACE_ID, plainUsage, usageReport } from '@planwright/contracts';
import { ensureKey } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { openGateways, query, send as sendTo } from '../../test/fixture.js';
import type { Gateways } from '../../test/fixture.js';

let gateways: Gateways;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  app = await gateways.start();
}, 60_000);
afterAll(() => gateways.close());

const ask = (search = '') => sendTo(app, 'GET', `/v1/usage${search}`);
const book = (at: string, cost: number | null, workspace = DEFAULT_WORKSPACE_ID) =>
  query(
    gateways.database,
    `INSERT INTO usage_ledger (step_id, attempt, workspace_id, project_id, run_id, provider, model, input_tokens, output_tokens, estimated, cost, at)
     VALUES ($1, 1, $2, $1, $1, 'openai', 'gpt-4o-mini', 100, 10, false, $3, ${at})`,
    [newId(), workspace, cost],
  );
const THIS_MONTH = `date_trunc('month', now(), 'UTC')`;

it('is nothing, and no budget, in the beginning', async () => {
  const { status, body } = await ask();
  expect(status).toBe(200);
  expect(usageReport.parse(body)).toMatchObject({ calls: 0, usage: null, cost: null, by_model: [], budget: null });
});

it('has this month, by model, and what is left of the budget', async () => {
  await book(THIS_MONTH, 400);
  await book(`${THIS_MONTH} + interval '1 hour'`, null);
  await book(`${THIS_MONTH} - interval '1 millisecond'`, 7);
  const other = newId();
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [other]);
  await book(THIS_MONTH, 100_000, other);
  await query(gateways.database, 'UPDATE workspaces SET monthly_budget = 300 WHERE id = $1', [DEFAULT_WORKSPACE_ID]);
  const { body } = await ask();
  const used = {
    calls: 2,
    usage: plainUsage(200, 20, false),
    cost: { amount: 400, currency: 'USD', unpriced_calls: 1 },
  };
  expect(usageReport.parse(body)).toEqual({
    from: expect.stringMatching(/-01T00:00:00\.000Z$/),
    to: expect.stringMatching(/-01T00:00:00\.000Z$/),
    ...used,
    by_model: [{ provider: 'openai', model: 'gpt-4o-mini', ...used }],
    budget: { period: String(body['from']).slice(0, 7), limit: 300, spent: 400, remaining: 0 },
  });
  // The month before ends where this one begins.
  const before = await ask(`?to=${String(body['from'])}`);
  expect(before.body).toMatchObject({ calls: 1, cost: { amount: 7 }, to: body['from'] });
});

it.each([
  ['a month', '?from=2026-11', '?from'],
  ['an end before the beginning', '?from=2026-11-02&to=2026-11-01', '?to'],
  ['a beginning after this month', '?from=2999-01-01', '?from'],
  ['what is not known', '?month=2026-11', '?month'],
  ['a beginning named twice', '?from=2026-11-01&from=2026-11-02', '?from'],
])('refuses %s', async (_what, search, pointer) => {
  expect(await ask(search)).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } });
});

it('shows a key its own workspace', async () => {
  const closed = await gateways.start({ auth: 'required' });
  expect(await sendTo(closed, 'GET', '/v1/usage')).toMatchObject({ status: 401 });
  const workspaceId = newId();
  await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'third')`, [workspaceId]);
  const key = 'pw_test_usage_0123456789abcdef';
  await ensureKey(gateways.database, key, { workspaceId, name: 'k' });
  const { body } = await sendTo(closed, 'GET', '/v1/usage', undefined, { authorization: `Bearer ${key}` });
  expect(body).toMatchObject({ calls: 0, budget: null });
});
