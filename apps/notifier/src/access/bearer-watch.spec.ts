import type { Bearer } from '../ports.js';
import { BearerWatch } from './bearer-watch.js';

const bearer = (hash: string): Bearer => ({ workspaceId: 'w', credential: { kind: 'key', hash } });
const log = { debug: () => undefined, warn: () => undefined, error: () => undefined };
const NEVER_MS = 1_000_000;

function scene() {
  const asked: string[] = [];
  const ended: string[] = [];
  const gone = new Set<string>();
  const unreadable = new Set<string>();
  const state = { isAway: false };
  const holds = async ({ credential }: Bearer) => {
    if (credential?.kind === 'token') return Date.now() < credential.expiresAtMs;
    const hash = credential?.hash ?? '';
    asked.push(hash);
    if (state.isAway || unreadable.has(hash)) throw new Error('the database is away');
    return !gone.has(hash);
  };
  const watch = new BearerWatch({ holds }, log, NEVER_MS);
  return { watch, asked, ended, gone, unreadable, state, end: (name: string) => () => void ended.push(name) };
}

it('asks once for all connections of a bearer, and ends each of them once', async () => {
  const { watch, asked, ended, gone, end } = scene();
  for (const name of ['1', '2', '3']) watch.watch(bearer('a'), end(name));
  watch.watch(bearer('b'), end('4'));
  await watch.look();
  expect([asked, ended]).toEqual([['a', 'b'], []]);
  gone.add('a');
  await watch.look();
  await watch.look();
  expect(ended).toEqual(['1', '2', '3']);
  expect(asked).toEqual(['a', 'b', 'a', 'b', 'b']);
  watch.onApplicationShutdown();
});

it('forgets who has left, and does not ask for them', async () => {
  const { watch, asked, ended, gone, end } = scene();
  const leave = [watch.watch(bearer('a'), end('1')), watch.watch(bearer('a'), end('2'))];
  leave[0]?.();
  gone.add('a');
  leave[1]?.();
  await watch.look();
  expect([asked, ended]).toEqual([[], []]);
  watch.onApplicationShutdown();
});

it('ends nobody while nobody can say, and everybody it should afterwards', async () => {
  const { watch, ended, gone, state, end } = scene();
  watch.watch(bearer('a'), end('1'));
  gone.add('a');
  state.isAway = true;
  await watch.look();
  expect(ended).toEqual([]);
  state.isAway = false;
  await watch.look();
  expect(ended).toEqual(['1']);
  watch.onApplicationShutdown();
});

it('goes on to the others where it can not be said of one', async () => {
  const { watch, asked, ended, gone, unreadable, end } = scene();
  for (const name of ['a', 'b', 'c']) watch.watch(bearer(name), end(name));
  unreadable.add('a');
  gone.add('b').add('c');
  await watch.look();
  expect([asked, ended]).toEqual([
    ['a', 'b', 'c'],
    ['b', 'c'],
  ]);
  watch.onApplicationShutdown();
});

it('ends what expires by the clock while the database is away, and soon gives up asking it', async () => {
  const { watch, asked, ended, state, end } = scene();
  for (let key = 0; key < 100; key += 1) watch.watch(bearer(`k${key}`), end('key'));
  watch.watch({ workspaceId: 'w', credential: { kind: 'token', expiresAtMs: Date.now() - 1 } }, end('expired'));
  watch.watch({ workspaceId: 'w', credential: { kind: 'token', expiresAtMs: Date.now() + 1e6 } }, end('valid'));
  state.isAway = true;
  await watch.look();
  expect(ended).toEqual(['expired']);
  expect(asked.length).toBeLessThan(10);
  watch.onApplicationShutdown();
});

it('watches nobody who came with nothing that could end', async () => {
  const { watch, asked, end } = scene();
  watch.watch({ workspaceId: 'w', credential: null }, end('1'));
  watch.watch({ workspaceId: 'w' }, end('2'));
  await watch.look();
  expect(asked).toEqual([]);
});
