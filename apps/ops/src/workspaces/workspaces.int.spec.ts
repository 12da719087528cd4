import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { emptyAuditLog, newPrefix, openOps } from '../../test/ops-under-test.js';
import type { OpsUnderTest } from '../../test/ops-under-test.js';

let test: OpsUnderTest;
beforeAll(async () => void (test = await openOps()));
afterAll(() => test.close());
beforeEach(async () => {
  await test.sql('DELETE FROM usage_ledger');
  await emptyAuditLog(test.sql);
  await test.sql(
    'UPDATE workspaces SET preferred_provider = NULL, preferred_model = NULL, monthly_budget = NULL WHERE id = $1',
    [DEFAULT_WORKSPACE_ID],
  );
});

const ops = (command: string, env?: NodeJS.ProcessEnv) => test.ops(command, newPrefix(), env);
const book = (at: string, cost: number | null) =>
  test.sql(
    `INSERT INTO usage_ledger (step_id, attempt, workspace_id, project_id, run_id, provider, model, input_tokens, output_tokens, estimated, cost, at)
     VALUES ($1, 1, $2, $1, $1, 'openai', 'gpt-4o-mini', 1000, 200, false, $3, $4)`,
    [newId(), DEFAULT_WORKSPACE_ID, cost, at],
  );

describe('workspace', () => {
  const audit = () => test.sql<Record<string, string>>('SELECT * FROM audit_log ORDER BY at, id');

  it('shows what is set, and changes nothing by that', async () => {
    expect(await ops('workspace')).toEqual({
      code: 0,
      err: '',
      out: `\
workspace       default (${DEFAULT_WORKSPACE_ID})
provider        – (the deployment's)
model           – (the provider's)
monthly budget  – (none)
`,
    });
    expect(await audit()).toEqual([]);
  });

  it('sets what is given, leaves the rest, and notes it', async () => {
    await ops('workspace --provider anthropic --model claude-haiku-4-5');
    await book(new Date().toISOString(), 5_000_000);
    const { code, out } = await ops('workspace --monthly-budget 20.00');
    expect(code).toBe(0);
    expect(out).toMatch(/^provider {8}anthropic$/m);
    expect(out).toMatch(/^model {11}claude-haiku-4-5$/m);
    expect(out).toMatch(/^monthly budget {2}20\.00 USD; 5\.00 USD spent in \d{4}-\d\d \(25\.0 %\)$/m);
    const entries = await audit();
    const entry = { workspace_id: DEFAULT_WORKSPACE_ID, action: 'workspace.update', subject: DEFAULT_WORKSPACE_ID };
    expect(entries).toMatchObject([entry, { ...entry, before_hash: entries[0]?.['after_hash'] }]);
    expect(entries[0]?.['actor']).toMatch(/^ops:./);
    await ops('workspace --monthly-budget 20');
    expect(await audit()).toHaveLength(2);
  });

  it('takes a model away with its provider', async () => {
    await ops('workspace --provider anthropic --model claude-haiku-4-5');
    expect((await ops('workspace --provider compatible')).out).toContain('model           – (each run has to name one');
    const json = JSON.parse((await ops('workspace --provider none --monthly-budget 0 --json')).out);
    expect(json).toEqual({
      ...{ id: DEFAULT_WORKSPACE_ID, name: 'default', preferred_provider: null, preferred_model: null },
      monthly_budget: 0,
      budget: { period: expect.any(String), limit: 0, spent: 0 },
    });
  });

  it('names one of several by its id, and says so', async () => {
    const ids = [newId(), newId()].sort();
    for (const id of ids) await test.sql(`INSERT INTO workspaces (id, name) VALUES ($1, 'twin')`, [id]);
    expect(await ops('workspace --name twin --provider openai')).toEqual({
      code: 2,
      out: '',
      err: `ops: More than one workspace is called "twin": name one by its id (${ids.join(', ')}).\n`,
    });
    expect((await ops(`workspace --name ${ids[1]} --provider openai`)).code).toBe(0);
    const rows = await test.sql<{ id: string }>(`SELECT id FROM workspaces WHERE preferred_provider = 'openai'`);
    expect(rows).toEqual([{ id: ids[1] }]);
  });

  it.each(['workspace --name nobody', 'usage --workspace nobody'])('%s finds nobody', async (command) => {
    expect(await ops(command)).toEqual({ code: 2, out: '', err: 'ops: There is no workspace "nobody".\n' });
  });
});

describe('usage', () => {
  it('shows the month that is asked for, to its last instant', async () => {
    await book('2026-01-31T23:59:59.999Z', 1);
    await book('2026-02-01T00:00:00.000Z', 6_312);
    await book('2026-02-28T23:59:59.999Z', null);
    await book('2026-03-01T00:00:00.000Z', 1);
    expect(await ops('usage --month 2026-02')).toEqual({
      code: 0,
      err: '',
      out: `\
Workspace default in 2026-02 (UTC), no budget.

provider  model        calls     in  cached  out  of budget  cost
openai    gpt-4o-mini      2  2,000       0  400          –  0.0063 USD + 1 call without a price
all                        2  2,000       0  400          –  0.0063 USD + 1 call without a price
`,
    });
    const json = JSON.parse((await ops('usage --month 2026-02 --json')).out);
    expect(json).toMatchObject({
      workspace: { id: DEFAULT_WORKSPACE_ID, name: 'default' },
      ...{ month: '2026-02', calls: 2, cost: { amount: 6_312, unpriced_calls: 1 }, monthly_budget: null },
      by_model: [{ provider: 'openai', calls: 2 }],
    });
  });

  it('shows this month by itself', async () => {
    await book(new Date().toISOString(), 2);
    expect((await ops('usage')).out).toMatch(/^all .* 1 .*<0\.0001 USD$/m);
  });

  it('2: the database is away', async () => {
    const { code, err } = await ops('usage', { DATABASE_URL: 'postgres://ops:secret@127.0.0.1:1/planwright' });
    expect(code).toBe(2);
    expect(err).toContain("can't be reached");
    expect(err).not.toContain('secret');
  });
});
