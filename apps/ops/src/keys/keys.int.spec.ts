import type { ApiKeyResource, IssuedApiKey } from '@planwright/contracts';
import { createAuthenticator } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { newPrefix, openOps } from '../../test/ops-under-test.js';
import type { OpsUnderTest } from '../../test/ops-under-test.js';

let test: OpsUnderTest;
beforeAll(async () => void (test = await openOps()));
afterAll(() => test.close());

const ops = (command: string) => test.ops(command, newPrefix());
const create = async (options: string): Promise<IssuedApiKey> => {
  const { code, out, err } = await ops(`keys create ${options} --json`);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as IssuedApiKey;
};
const caller = (key: string) => createAuthenticator(test.database, 'required')(`Bearer ${key}`);

it('makes a key that works, shows it once and notes it', async () => {
  const { out } = await ops('keys create --name CI --role editor --expires-in-days 90');
  const [, key = ''] = /^key {6}(pw_\S+)$/m.exec(out) ?? [];
  expect(out).toContain('The key is shown this once and kept nowhere.');
  expect(await caller(key)).toMatchObject({ name: 'CI', role: 'editor' });
  const list = await ops('keys list');
  expect(list.out).toMatch(new RegExp(`^\\S{36}  ${key.slice(0, 11)}  CI  +editor  .* good$`, 'm'));
  expect(list.out).not.toContain(key.slice(12));
  const entries = await test.sql<{ actor: string; action: string }>('SELECT actor, action FROM audit_log');
  expect(entries).toEqual([{ actor: expect.stringMatching(/^ops:./), action: 'api_key.create' }]);
});

it('rotates one by how it begins; the old secret ends with its grace', async () => {
  const first = await create('--name R --role viewer');
  const second = JSON.parse((await ops(`keys rotate ${first.prefix} --json`)).out) as IssuedApiKey;
  expect([(await caller(first.key))?.name, (await caller(second.key))?.name]).toEqual(['R', 'R']);
  const third = JSON.parse((await ops(`keys rotate ${first.id} --grace-hours 0 --json`)).out) as IssuedApiKey;
  expect([await caller(first.key), await caller(second.key)]).toEqual([null, null]);
  expect((await caller(third.key))?.name).toBe('R');
});

it('revokes one, and does not rotate it then', async () => {
  const { id, key, prefix } = await create('--name Gone --role admin');
  const { code, out } = await ops(`keys revoke ${prefix}`);
  expect([code, out]).toEqual([0, expect.stringContaining(`Revoked Gone (${id}).`)]);
  expect(await caller(key)).toBeNull();
  expect(await ops(`keys rotate ${id}`)).toEqual({
    code: 2,
    out: '',
    err: expect.stringContaining('does not come back'),
  });
  const { items } = JSON.parse((await ops('keys list --json')).out) as { items: ApiKeyResource[] };
  expect(items.find((one) => one.id === id)?.revoked_at).not.toBeNull();
});

it('keeps to the workspace that is named', async () => {
  const workspace = newId();
  await test.sql(`INSERT INTO workspaces (id, name) VALUES ($1, 'elsewhere')`, [workspace]);
  const { key, prefix } = await create('--name E --role viewer --workspace elsewhere');
  expect(await caller(key)).toMatchObject({ workspaceId: workspace });
  expect(await ops(`keys revoke ${prefix}`)).toEqual({
    code: 2,
    out: '',
    err: `ops: The workspace has no key "${prefix}"; "keys list" shows those it has.\n`,
  });
  expect(await caller(key)).not.toBeNull();
});

it('lists more keys than one page has', async () => {
  await test.sql(
    `INSERT INTO api_keys (id, workspace_id, name, hash, scopes)
     SELECT gen_random_uuid(), (SELECT id FROM workspaces WHERE name = 'default'), 'many', encode(sha256(n::text::bytea), 'hex'), '{viewer}'
     FROM generate_series(1, 120) n`,
  );
  const { items } = JSON.parse((await ops('keys list --json')).out) as { items: ApiKeyResource[] };
  expect(items.filter(({ name }) => name === 'many')).toHaveLength(120);
});
