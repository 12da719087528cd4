import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { WebhookSecrets } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { newPrefix, openOps } from '../../test/ops-under-test.js';
import type { OpsUnderTest } from '../../test/ops-under-test.js';

let test: OpsUnderTest;
beforeAll(async () => void (test = await openOps()));
afterAll(() => test.close());

const [old, fresh, lost] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer];
const secret = Buffer.alloc(32, 9);
const reseal = (...keys: Buffer[]) =>
  test.ops('webhooks reseal', newPrefix(), {
    PLANWRIGHT_SECRETS_KEYS: keys.map((key) => key.toString('base64')).join(','),
  });
const add = async (...keys: Buffer[]): Promise<string> => {
  const id = newId();
  const webhook = { url: 'https://example.com', events: ['*' as const], description: '', id };
  const stored = new WebhookSecrets(keys).seal(secret, id);
  const workspaceId = DEFAULT_WORKSPACE_ID;
  await test.database.transaction((tx) => tx.webhooks.insert({ ...webhook, workspaceId, secret: stored }));
  return id;
};
const storedOf = async (id: string): Promise<Buffer[]> =>
  (await test.sql<{ secrets: Buffer[] }>('SELECT secrets FROM webhooks WHERE id = $1', [id]))[0]?.secrets ?? [];

it('seals what is plain or sealed with an older key, and says what does not open', async () => {
  expect(await reseal()).toMatchObject({ code: 2, err: expect.stringContaining('PLANWRIGHT_SECRETS_KEYS is not set') });
  const [plain, older] = [await add(), await add(old)];
  // More than are looked at in one transaction, and one that is being exchanged.
  await Promise.all(Array.from({ length: 100 }, () => add(old)));
  await test.database.transaction((tx) => tx.webhooks.rotate(DEFAULT_WORKSPACE_ID, plain, secret));
  expect(await reseal(fresh, old)).toMatchObject({
    code: 0,
    out: '103 secrets sealed anew, 0 were sealed with the first key.\n',
  });
  for (const id of [plain, older])
    for (const stored of await storedOf(id)) expect(new WebhookSecrets([fresh]).open(stored, id)).toEqual(secret);
  expect(await storedOf(plain)).toHaveLength(2);
  const strange = await add(lost);
  const before = await storedOf(strange);
  expect(await reseal(fresh)).toMatchObject({
    code: 1,
    out: `0 secrets sealed anew, 103 were sealed with the first key.\nNot opened by any of the keys: a secret of webhook ${strange}.\n`,
  });
  expect(await storedOf(strange)).toEqual(before);
});
