import { ROUTES } from '@planwright/contracts';
import type { Route } from '@planwright/contracts';
import { createClient, everyOf } from './client.js';
import type { TaskRef } from './client.js';
import { ChangedError, PlanwrightError } from './problem-error.js';

interface Sent {
  method: string;
  path: string;
  headers: Headers;
}

const CARD = { id: 'a', updated_at: '2026-11-21T09:30:00.000Z' };

/** A client whose requests are written down and answered with a problem, or with what is given. */
function recording(answer: () => Response = () => problem({ status: 404, code: 'not_found' })) {
  const sent: Sent[] = [];
  const fetch: typeof globalThis.fetch = (input, { method = 'GET', headers } = {}) => {
    sent.push({ method, path: new URL(input as string).pathname, headers: new Headers(headers) });
    return Promise.resolve(answer());
  };
  return { sent, client: createClient({ url: 'http://planwright.test', fetch, retries: 0 }) };
}
const problem = (more: object, headers: Record<string, string> = {}) =>
  Response.json(
    { type: 'about:blank', title: 'No', detail: 'No.', advice: 'Look again.', ...more },
    {
      status: (more as { status: number }).status,
      headers: { 'content-type': 'application/problem+json', ...headers },
    },
  );

/** Every request that any method makes, with ids that no route has in its path. */
async function everyRequest(): Promise<Sent[]> {
  const { sent, client } = recording();
  for (const methods of Object.values(client)) {
    for (const [name, method] of Object.entries(methods as Record<string, (...given: unknown[]) => unknown>)) {
      if (name === 'follow' || name === 'state') continue;
      await Promise.resolve(method('ID', 'ID', {})).catch(() => undefined);
    }
  }
  return sent;
}

const routes: [string, Route][] = Object.entries(ROUTES);
const known = ({ method, path }: Sent, route: Route) =>
  method === route.method && path.replaceAll(/\bID\b/g, '{}') === route.path.replaceAll(/\{\w+\}/g, '{}');

/** Cards have their state in `updated_at`; of projects and columns the client keeps no entity tag. */
const isOfCard = ({ path }: Route) => path.startsWith('/v1/tasks/');

/** `runs.start` and `runs.follow` do the same, and go on after a lost connection. */
const STREAMS = ['streamPrd', 'streamPrdAsChunks'];

it('every route has a method', async () => {
  const sent = await everyRequest();
  const without = routes.filter(([, route]) => !sent.some((request) => known(request, route))).map(([name]) => name);
  expect(without).toEqual(STREAMS);
});

it('asks for nothing that is not a route', async () => {
  const sent = await everyRequest();
  expect(sent.filter((request) => !routes.some(([, route]) => known(request, route)))).toEqual([]);
});

it('sends an Idempotency-Key of its own exactly where one is taken, and If-Match where it is', async () => {
  const sent = await everyRequest();
  for (const [name, route] of routes) {
    for (const request of sent.filter((one) => known(one, route))) {
      const key = request.headers.get('idempotency-key');
      // A preview changes nothing and needs no key.
      if (key !== null || !route.dryRun) expect([name, key !== null]).toEqual([name, route.idempotent === true]);
      expect([name, request.headers.has('if-match')]).toEqual([name, route.ifMatch !== undefined && isOfCard(route)]);
    }
    if (route.idempotent && !STREAMS.includes(name))
      expect(sent.some((one) => known(one, route) && one.headers.has('idempotency-key'))).toBe(true);
  }
});

it.each<[string, TaskRef, string]>([
  ['as it was read', CARD, '"2026-11-21T09:30:00.000Z"'],
  ['in whatever state it is', 'a', '*'],
])('changes a card %s', async (_how, card, ifMatch) => {
  const { sent, client } = recording(() => Response.json(CARD));
  await client.tasks.move(card, { status: 'done' });
  expect(sent[0]).toMatchObject({ method: 'POST', path: '/v1/tasks/a/move' });
  expect(sent[0]!.headers.get('if-match')).toBe(ifMatch);
});

it('a card that has changed since it was read: says so, and has it as it is now', async () => {
  const current = { ...CARD, title: 'Of somebody else', updated_at: '2026-11-21T10:00:00.000Z' };
  const { client } = recording(() => problem({ status: 412, code: 'precondition_failed', current }));
  const error = await client.tasks.update(CARD, { title: 'Mine' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ChangedError);
  expect(error).toBeInstanceOf(PlanwrightError);
  expect((error as ChangedError).current).toEqual(current);
});

it('reads a list to its end', async () => {
  const pages = [
    { items: [1, 2], next_cursor: 'x' },
    { items: [3], next_cursor: null },
  ];
  const asked: unknown[] = [];
  const items: number[] = [];
  const list = everyOf(async (page) => {
    asked.push(page);
    return pages[asked.length - 1]!;
  });
  for await (const item of list) items.push(item);
  expect(items).toEqual([1, 2, 3]);
  expect(asked).toEqual([{ limit: 100 }, { limit: 100, cursor: 'x' }]);
});

it('answers a file as it is', async () => {
  const { client } = recording(() => new Response('# Plan', { headers: { 'content-type': 'text/markdown' } }));
  const file = await client.projects.export('p1', { format: 'md' });
  expect([file.type, await file.text()]).toEqual(['text/markdown', '# Plan']);
});

describe('a request that fails', () => {
  const answers = (...given: (Response | Error)[]) => {
    const sent: { key: string | null }[] = [];
    const fetch: typeof globalThis.fetch = (_input, init) => {
      sent.push({ key: new Headers(init?.headers).get('idempotency-key') });
      const next = given.shift() ?? Response.json({ id: 'done' });
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    };
    return { sent, client: createClient({ url: 'http://planwright.test', fetch }) };
  };
  const lost = new TypeError('fetch failed');
  const busy = (seconds: string) => problem({ status: 503, code: 'unavailable' }, { 'retry-after': seconds });

  it('is sent again under the same key when its answer was lost', async () => {
    const { sent, client } = answers(lost);
    expect(await client.runs.start('p1')).toEqual({ id: 'done' });
    expect(sent).toHaveLength(2);
    expect(sent[0]!.key).toMatch(/^[0-9a-f]{32}$/);
    expect(sent[1]!.key).toBe(sent[0]!.key);
  });

  it('has another key when it is another call', async () => {
    const { sent, client } = answers();
    await client.runs.start('p1');
    await client.runs.start('p1');
    expect(sent[0]!.key).not.toBe(sent[1]!.key);
  });

  it('is sent again when the server says when to come back, whatever it is', async () => {
    const { sent, client } = answers(busy('0'), problem({ status: 429, code: 'rate_limited' }, { 'retry-after': '0' }));
    expect(await client.tasks.delete(CARD)).toEqual({ id: 'done' });
    expect(sent).toHaveLength(3);
  });

  it.each<[string, (client: ReturnType<typeof createClient>) => Promise<unknown>, Response | Error]>([
    ['could have been done, and has no key', ({ tasks }) => tasks.move(CARD, { status: 'done' }), lost],
    ['was told to wait for long', ({ runs }) => runs.get('r1'), busy('60')],
    [
      'meets too many runs',
      ({ runs }) => runs.start('p1'),
      problem({ status: 429, code: 'too_many_runs' }, { 'retry-after': '1' }),
    ],
    ['was refused', ({ runs }) => runs.get('r1'), problem({ status: 409, code: 'run_active' })],
  ])('is not sent again where it %s', async (_why, call, answer) => {
    const { sent, client } = answers(answer);
    await expect(call(client)).rejects.toThrow();
    expect(sent).toHaveLength(1);
  });

  it('is given up after two further tries', async () => {
    const { sent, client } = answers(busy('0'), busy('0'), busy('0'), busy('0'));
    await expect(client.runs.get('r1')).rejects.toThrow(PlanwrightError);
    expect(sent).toHaveLength(3);
  });

  it('waits no longer for an answer than it should', async () => {
    const fetch: typeof globalThis.fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error));
      });
    const client = createClient({ url: 'http://planwright.test', fetch, timeoutMs: 5, retries: 0 });
    // What waits in a timeout signal does not keep a process alive.
    const alive = setInterval(() => undefined, 1_000);
    await expect(client.runs.get('r1')).rejects.toThrow('No answer from http://planwright.test');
    clearInterval(alive);
  });

  it('ends with the reason of its signal, also while it waits', async () => {
    const { sent, client } = answers(busy('9'));
    const stop = new AbortController();
    const asked = client.runs.get('r1', { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('no longer wanted')), 20);
    await expect(asked).rejects.toThrow('no longer wanted');
    expect(sent).toHaveLength(1);
  });
});
