import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { execute, openDatabase } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import type { KeyedRequest } from './idempotency.repository.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

const request = (more: Partial<KeyedRequest> = {}): KeyedRequest => ({
  workspaceId: DEFAULT_WORKSPACE_ID,
  route: 'POST /v1/projects',
  key: newId(),
  bodyHash: 'a'.repeat(64),
  ...more,
});
const claim = (of: KeyedRequest) => own.db.transaction((tx) => tx.idempotency.claim(of));
const answer = (of: KeyedRequest, body: string) =>
  own.db.transaction(async (tx) => {
    const claimed = await tx.idempotency.claim(of);
    if (claimed.kind === 'first') await tx.idempotency.keep(of, { status: 201, body, location: '/v1/projects/1' });
    return claimed;
  });
const age = (of: KeyedRequest, interval: string) =>
  execute(own.db, 'UPDATE idempotency_keys SET created_at = now() - $2::interval WHERE key = $1', [of.key, interval]);

it('keeps an answer byte for byte', async () => {
  const body = '{"b": 1,"a":"\\u0001 \\\\ é 👩‍👩‍👧 \\ud800","c":1.0,  "b":2}';
  const of = request();
  expect(await answer(of, body)).toEqual({ kind: 'first' });
  expect(await claim(of)).toEqual({ kind: 'answered', answer: { status: 201, body, location: '/v1/projects/1' } });
});

it.each<[string, Partial<KeyedRequest>, string]>([
  ['another body', { bodyHash: 'b'.repeat(64) }, 'reused'],
  ['another route', { route: 'POST /v1/runs/1/cancel' }, 'first'],
  ['another key', { key: 'other' }, 'first'],
])('with %s it is %s', async (_what, more, kind) => {
  const of = request();
  await answer(of, '{}');
  expect(await claim({ ...of, ...more })).toMatchObject({ kind });
});

it('is not there when its transaction fails', async () => {
  const of = request();
  const failing = own.db.transaction(async (tx) => {
    await tx.idempotency.claim(of);
    throw new Error('refused');
  });
  await expect(failing).rejects.toThrow('refused');
  expect(await answer(of, '{}')).toEqual({ kind: 'first' });
});

it.each([
  ['commits', 'answered'],
  ['fails', 'first'],
])('makes the second wait until the first %s; it is %s then', async (how, kind) => {
  const of = request();
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let claimed: () => void = () => undefined;
  const isClaimed = new Promise<void>((resolve) => (claimed = resolve));
  const first = own.db.transaction(async (tx) => {
    await tx.idempotency.claim(of);
    claimed();
    await ended;
    if (how === 'fails') throw new Error('refused');
    await tx.idempotency.keep(of, { status: 202, body: '{}', location: null });
  });
  await isClaimed;
  const order: string[] = [];
  const second = claim(of).then((found) => {
    order.push('second');
    return found;
  });
  for (let waits = 0; waits === 0;) {
    const sql = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%idempotency_keys%' AND datname = current_database()`;
    waits = (await execute(own.db, sql)).length;
  }
  order.push('first');
  end();
  await first.catch(() => undefined);
  expect((await second).kind).toBe(kind);
  expect(order).toEqual(['first', 'second']);
});

it('is forgotten after 24 hours, whether or not anybody has cleaned up', async () => {
  const [fresh, old, gone] = [request(), request(), request()];
  for (const each of [fresh, old, gone]) await answer(each, '{"first":true}');
  await age(fresh, '23 hours 59 minutes');
  await age(old, '24 hours');
  await age(gone, '25 hours');
  expect((await claim(fresh)).kind).toBe('answered');
  expect(await answer({ ...old, bodyHash: 'c'.repeat(64) }, '{"second":true}')).toEqual({ kind: 'first' });
  expect(await claim({ ...old, bodyHash: 'c'.repeat(64) })).toMatchObject({ answer: { body: '{"second":true}' } });
  expect(await own.db.transaction((tx) => tx.idempotency.forget())).toBe(1);
  const left = await execute<{ key: string }>(own.db, 'SELECT key FROM idempotency_keys');
  const keys = left.map(({ key }) => key);
  expect([keys.includes(fresh.key), keys.includes(old.key), keys.includes(gone.key)]).toEqual([true, true, false]);
});
