import { jest } from '@jest/globals';
import type { ReactNode } from 'react';
import { act, createElement, StrictMode } from 'react';
import type { Root } from 'react-dom/client';
import { waitFor } from '@planwright/testing';
import { complete, end, event, exampleRun, exampleVersion, RUN } from '../../test/example-run.js';
import { openPage } from '../../test/page.js';
import { ScriptedSocket } from '../../test/scripted-socket.js';
import { createClient } from '../client.js';
import type { Client } from '../client.js';
import { ChangedError } from '../problem-error.js';
import type { Task } from '../types.js';
import type { BoardInUse } from './use-board.js';
import { useBoard } from './use-board.js';
import { useFeatureEvents } from './use-feature-events.js';
import type { PrdStreaming } from './use-prd-streaming.js';
import { usePrdStreaming } from './use-prd-streaming.js';
import { PlanwrightProvider } from './provider.js';

let page: ReturnType<typeof openPage>;
let root: Root;
beforeEach(async () => {
  page = openPage();
  const { createRoot } = await import('react-dom/client');
  root = createRoot(page.root);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await act(async () => root.unmount());
  await waitFor(() => ScriptedSocket.open === 0, { what: 'every socket to be closed' });
  page.leave();
});

const json = (value: unknown) => Response.json(value);
/** A client of one script for sockets and one for requests. */
function clientOf(
  script: (socket: ScriptedSocket, nth: number) => void,
  answer: (path: string, init: RequestInit | undefined) => Response | Promise<Response>,
): Client {
  const fetch: typeof globalThis.fetch = async (input, init) => answer(new URL(input as string).pathname, init);
  return createClient({ url: 'https://planwright.test', WebSocket: ScriptedSocket.reset(script), fetch, retries: 0 });
}
const draw = (client: Client, children: ReactNode) =>
  act(async () =>
    root.render(createElement(StrictMode, null, createElement(PlanwrightProvider, { client, children }))),
  );
/** Until what is drawn says so; React's updates are let through meanwhile. */
const until = async (condition: () => boolean, what: string) => {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 400) throw new Error(`did not happen: ${what}`);
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
  }
};
const socket = () => ScriptedSocket.made.findLast(({ readyState }) => readyState === 1)!;
const welcome = { type: 'welcome', protocol: 'planwright.v1', heartbeat_seconds: 25, idle_timeout_seconds: 60 };

describe('usePrdStreaming', () => {
  const channel = `run.${RUN}`;
  const client = () =>
    clientOf(
      (one) => one.say(welcome, { type: 'subscribed', channel, epoch: 'e', seq: 0, recovered: true }),
      (path) => json(path.startsWith('/v1/runs') ? exampleRun : exampleVersion()),
    );
  let seen: PrdStreaming[] = [];
  const Prd = ({ run = RUN as string | null }) => {
    const prd = usePrdStreaming(run);
    seen.push(prd);
    return prd.sections.map(({ text }) => text).join('|');
  };
  beforeEach(() => (seen = []));
  const last = () => seen.at(-1)!;
  const say = (...events: unknown[]) => socket().say({ type: 'events', channel, events });

  it('shows a PRD as it is written, to its end, over one socket', async () => {
    await draw(client(), createElement(Prd));
    expect(seen[0]).toMatchObject({ status: 'loading', sections: [], isConnected: false });
    await until(() => last().isConnected, 'connected');
    expect(last().sections.map(({ title, status, text }) => [title, status, text])).toEqual([
      ['Summary', 'pending', ''],
      ['Goals', 'pending', ''],
    ]);
    say(
      event(1, 'stage', { stage: 1, sections: ['goals'] }),
      event(2, 'section_started', { section_id: 'goals', attempt: 1 }),
      event(3, 'chunk', { section_id: 'goals', attempt: 1, offset: 0, content: 'Fewer evenings' }),
    );
    await until(() => page.root.textContent === '|Fewer evenings', 'the text so far');
    expect(last()).toMatchObject({ currentStage: 1, status: 'generating', streamingSection: { sectionId: 'goals' } });
    const progress = { sections_completed: 1, sections_total: 2, eta_seconds: 4 };
    say(await complete(4, 'goals', 'Fewer evenings lost.'), event(5, 'progress', progress));
    await until(() => last().sections[1]!.verified, 'the proof');
    expect(last().progress).toEqual({ completed: 1, total: 2, share: 0.5, etaSeconds: 4 });
    say(await complete(6, 'summary', 'In short.'), end(7));
    await until(() => !last().isConnected, 'the end');
    expect(page.root.textContent).toBe('In short.|Fewer evenings lost.');
    expect(last()).toMatchObject({ error: null, streamingSection: null });
    expect(ScriptedSocket.made).toHaveLength(1);
  });

  it('draws once a frame at most, and two components the same', async () => {
    const pairs: [unknown, unknown][] = [];
    const Pair = () => {
      pairs.push(
        [usePrdStreaming(RUN), usePrdStreaming(RUN)].map(({ sections }) => sections[1]?.text) as [unknown, unknown],
      );
      return null;
    };
    let frames = 0;
    const count = () => void (frames++, requestAnimationFrame(count));
    const { requestAnimationFrame } = globalThis as unknown as { requestAnimationFrame(callback: () => void): void };
    await draw(client(), createElement(Pair));
    await until(() => pairs.at(-1)![0] === '', 'the sections');
    count();
    const before = pairs.length;
    say(event(1, 'section_started', { section_id: 'goals', attempt: 1 }));
    for (let n = 0; n < 300; n += 1) {
      say(event(n + 2, 'chunk', { section_id: 'goals', attempt: 1, offset: n, content: 'x' }));
      if (n % 10 === 0) await act(() => new Promise((resolve) => setTimeout(resolve, 1)));
    }
    await until(() => pairs.at(-1)![0] === 'x'.repeat(300), 'the whole text');
    // StrictMode draws everything twice.
    expect(pairs.length - before).toBeLessThanOrEqual(2 * (frames + 1));
    for (const [one, other] of pairs) expect(one).toBe(other);
  });

  it('closes its socket when the last component has gone, and opens one when one comes back', async () => {
    const one = client();
    await draw(one, [createElement(Prd, { key: 1 }), createElement(Prd, { key: 2 })]);
    await until(() => last().isConnected, 'connected');
    await draw(one, [createElement(Prd, { key: 1 })]);
    expect(ScriptedSocket.open).toBe(1);
    await draw(one, null);
    await until(() => ScriptedSocket.open === 0, 'the socket to be closed');
    await draw(one, createElement(Prd));
    await until(() => ScriptedSocket.open === 1, 'another socket');
    expect(ScriptedSocket.made).toHaveLength(2);
  });

  it('reads a run again that could not be read', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    let failures = 0;
    const flaky = clientOf(
      (one) => one.say(welcome, { type: 'subscribed', channel, epoch: 'e', seq: 0, recovered: true }),
      (path) => {
        if (failures++ < 2) return Promise.reject(new TypeError('fetch failed'));
        return json(path.startsWith('/v1/runs') ? exampleRun : exampleVersion());
      },
    );
    await draw(flaky, createElement(Prd));
    await until(() => last().isConnected, 'connected');
    say(event(1, 'section_started', { section_id: 'goals', attempt: 1 }));
    say(event(2, 'chunk', { section_id: 'goals', attempt: 1, offset: 0, content: 'Fewer evenings' }));
    await until(() => page.root.textContent === '|Fewer evenings', 'the text so far');
    expect(seen.filter(({ error }) => error !== null)).toEqual([]);
  });

  it('says why a run is not followed', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Not found',
      status: 404,
      code: 'not_found',
      detail: 'No run.',
      advice: 'Look.',
    };
    const headers = { 'content-type': 'application/problem+json' };
    const refused = clientOf(
      () => undefined,
      () => Response.json(problem, { status: 404, headers }),
    );
    await draw(refused, createElement(Prd));
    await until(() => last().error !== null, 'the error');
    expect(last()).toMatchObject({ error: 'No run. Look.', status: 'loading' });
  });

  it('follows nothing for null', async () => {
    await draw(client(), createElement(Prd, { run: null }));
    expect([page.root.textContent, ScriptedSocket.made.length]).toEqual(['', 0]);
  });
});

describe('useBoard', () => {
  const channel = 'project.p1';
  const card = (id: string, fields: Partial<Task> = {}) =>
    ({
      id,
      status: 'todo',
      rank: id,
      title: id,
      deleted_at: null,
      retired_at: null,
      updated_at: '2026-11-21T09:00:00.000Z',
      ...fields,
    }) as Task;
  const columns = ['todo', 'done'].map((key) => ({ key, title: key, category: key }));
  let board: BoardInUse;
  const Board = () => {
    board = useBoard('p1');
    return board.columns.map(({ key, tasks }) => `${key}:${tasks.map(({ id }) => id).join('')}`).join(' ');
  };
  const client = (move: () => Response | Promise<Response>, tasks = () => [card('a'), card('b'), card('c')]) =>
    clientOf(
      (one) => one.say(welcome, { type: 'subscribed', channel, epoch: 'e', seq: 0, recovered: false }),
      (path) => {
        if (path.endsWith('/move')) return move();
        return json(path.endsWith('/columns') ? { columns } : { items: tasks(), next_cursor: null });
      },
    );
  let seq = 0;
  const tell = (type: string, task: Task) =>
    socket().say({
      type: 'events',
      channel,
      events: [{ v: 1, channel, epoch: 'e', seq: ++seq, ts: task.updated_at, type, run_id: null, task }],
    });
  const shows = (text: string) => until(() => page.root.textContent === text, text);
  beforeEach(() => (seq = 0));
  const later = (fields: Partial<Task>) => ({ updated_at: '2026-11-21T10:00:00.000Z', ...fields });

  it('shows the cards and what becomes of them', async () => {
    await draw(
      client(() => json({})),
      createElement(Board),
    );
    await shows('todo:abc done:');
    tell('task.moved', card('a', later({ status: 'done' })));
    tell('task.deleted', card('b', later({ deleted_at: '2026-11-21T10:00:00.000Z' })));
    tell('task.created', card('d'));
    await shows('todo:cd done:a');
    // Told late: it is older than what is known.
    tell('task.moved', card('a'));
    tell('task.restored', card('b', { updated_at: '2026-11-21T11:00:00.000Z' }));
    await shows('todo:bcd done:a');
  });

  it('shows a move at once, and keeps it when the server has made it', async () => {
    let answer = (_response: Response) => undefined as void;
    await draw(
      client(() => new Promise((resolve) => (answer = resolve))),
      createElement(Board),
    );
    await shows('todo:abc done:');
    const moving = board.move('c', { status: 'todo', before: 'b' });
    await shows('todo:acb done:');
    answer(json(card('c', later({ rank: 'ab' }))));
    await act(async () => void (await moving));
    await shows('todo:acb done:');
  });

  it('puts a card back where it is when the server refuses, and throws what it says', async () => {
    const current = card('a', later({ status: 'done', title: 'Of somebody else' }));
    const problem = {
      type: 'about:blank',
      title: 'No',
      status: 412,
      code: 'precondition_failed',
      detail: 'No.',
      advice: '',
      current,
    };
    const refusal = () =>
      Response.json(problem, { status: 412, headers: { 'content-type': 'application/problem+json' } });
    await draw(client(refusal), createElement(Board));
    await shows('todo:abc done:');
    let failed: unknown;
    const moving = board.move('a', { status: 'todo', after: 'b' }).catch((error: unknown) => (failed = error));
    await shows('todo:bc done:a');
    await moving;
    expect(failed).toBeInstanceOf(ChangedError);
    const other = client(() => Response.error());
    await draw(other, createElement(Board));
    await shows('todo:abc done:');
    await act(async () => void (await board.move('a', { status: 'done' }).catch(() => undefined)));
    await shows('todo:abc done:');
  });

  it('reads the board again when it could not be read', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    let failures = 0;
    const columnsOrNot = () => {
      if (failures++ < 2) return Promise.reject(new TypeError('fetch failed'));
      return json({ columns });
    };
    const script = (one: ScriptedSocket) =>
      one.say(welcome, { type: 'subscribed', channel, epoch: 'e', seq: 0, recovered: false });
    const flaky = clientOf(script, (path) =>
      path.endsWith('/columns') ? columnsOrNot() : json({ items: [card('a')], next_cursor: null }),
    );
    await draw(flaky, createElement(Board));
    await shows('todo:a done:');
    expect([board.error, board.isLoading, failures, ScriptedSocket.made.length]).toEqual([null, false, 3, 1]);
  });

  it('does not ask again for what is refused for good', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    let asked = 0;
    const problem = { type: 'about:blank', title: 'No', status: 403, code: 'forbidden', detail: 'No.', advice: '' };
    const refused = clientOf(
      (one) => one.say(welcome, { type: 'subscribed', channel, epoch: 'e', seq: 0, recovered: false }),
      () => {
        asked += 1;
        return Response.json(problem, { status: 403, headers: { 'content-type': 'application/problem+json' } });
      },
    );
    await draw(refused, createElement(Board));
    await until(() => board.error !== null, 'the error');
    // What is asked again here is asked at once.
    await act(() => new Promise((resolve) => setTimeout(resolve, 20)));
    expect(asked).toBe(1);
  });

  it('reads the board anew when the log is lost', async () => {
    let tasks = [card('a'), card('b')];
    await draw(
      client(
        () => json({}),
        () => tasks,
      ),
      createElement(Board),
    );
    await shows('todo:ab done:');
    tasks = [card('b'), card('c')];
    socket().say({ type: 'reset', channel, epoch: 'f', seq: 0 });
    await shows('todo:bc done:');
  });
});

describe('useFeatureEvents', () => {
  const channel = 'project.p1.features';
  const progress = {
    ...{ v: 1, channel, epoch: 'e', seq: 1, ts: '2026-11-21T09:30:00.000Z', type: 'feature.progress' },
    ...{ run_id: 'r', feature_id: 'f', message: 'Generating spec...' },
  };
  const generated = { ...progress, seq: 2, type: 'feature.generated', task_count: 3, project_id: 'p1' };
  const client = () =>
    clientOf(
      (one) => one.say(welcome, { type: 'subscribed', channel, epoch: 'e', seq: 0 }),
      () => json({}),
    );
  const listener = () => {
    const told: string[] = [];
    const onEvent = (one: { type: string; feature_id: string }) => void told.push(`${one.feature_id} ${one.type}`);
    const Features = ({ project = 'p1' }) => {
      useFeatureEvents(project, onEvent);
      return null;
    };
    return { told, Features };
  };
  const say = (...events: object[]) => socket().say({ type: 'events', channel, events });
  const reset = () => socket().say({ type: 'reset', channel, epoch: 'f', seq: 9 });
  const second = (n: number) => new Date(Date.parse(progress.ts) + n * 1_000).toISOString();

  it('tells after a reset of what was not heard yet, by the clock of the server', async () => {
    const { told, Features } = listener();
    await draw(client(), createElement(Features));
    await until(() => ScriptedSocket.open === 1, 'the socket');
    say(progress);
    await until(() => told.length === 1, 'the first event');
    reset();
    // All of them are long past by this machine's clock; the second happened at the instant of the one that was heard.
    const other = { ...progress, seq: 3, feature_id: 'g' };
    const old = { ...progress, feature_id: 'old', ts: second(-1) };
    say(
      ...[old, progress, other, { ...generated, ts: second(1) }].map((one, i) => ({ ...one, epoch: 'f', seq: i + 1 })),
    );
    await until(() => told.length === 3, 'what is new');
    expect(told).toEqual(['f feature.progress', 'g feature.progress', 'f feature.generated']);
    reset();
    say(...[progress, other, { ...generated, ts: second(1) }].map((one, i) => ({ ...one, epoch: 'g', seq: i + 1 })));
    say({ ...progress, epoch: 'g', seq: 4, feature_id: 'h', ts: second(2) });
    await until(() => told.length > 3, 'the news after another reset');
    expect(told.slice(3)).toEqual(['h feature.progress']);
  });

  it('tells after a reset of what happened before any was heard, whatever the clock here says', async () => {
    const { told, Features } = listener();
    await draw(client(), createElement(Features));
    await until(() => ScriptedSocket.open === 1, 'the socket');
    reset();
    const hours = (n: number) => new Date(Date.now() - n * 3_600_000).toISOString();
    say(
      { ...progress, epoch: 'f', feature_id: 'old', ts: hours(40) },
      { ...progress, epoch: 'f', seq: 2, ts: hours(1) },
    );
    await until(() => told.length > 0, 'the event');
    expect(told).toEqual(['f feature.progress']);
  });

  it('tells a component that comes later, or changes to another project, of nothing heard before', async () => {
    const first = listener();
    const late = listener();
    const [one, two] = [client(), createElement(first.Features, { key: 'first' })];
    await draw(one, [two]);
    await until(() => ScriptedSocket.open === 1, 'the socket');
    say(progress);
    await until(() => first.told.length === 1, 'the event');
    await draw(one, [two, createElement(late.Features, { key: 'late', project: 'p2' })]);
    await until(() => ScriptedSocket.open === 2, 'another socket');
    await draw(one, [two, createElement(late.Features, { key: 'late' })]);
    await until(() => ScriptedSocket.open === 1, 'one socket');
    say(generated);
    await until(() => first.told.length === 2 && late.told.length > 0, 'the second event');
    expect(late.told).toEqual(['f feature.generated']);
  });
});

it('useFeatureEvents tells of each event once', async () => {
  const channel = 'project.p1.features';
  const told: string[] = [];
  const onEvent = (one: { type: string; seq: number }) => told.push(`${one.seq} ${one.type}`);
  let latest: object = {};
  const Features = () => {
    latest = useFeatureEvents('p1', onEvent).latest;
    return null;
  };
  const client = clientOf(
    (one) => one.say(welcome, { type: 'subscribed', channel, epoch: 'e', seq: 0 }),
    () => json({}),
  );
  await draw(client, createElement(Features));
  await until(() => ScriptedSocket.open === 1, 'the socket');
  const progress = {
    v: 1,
    channel,
    epoch: 'e',
    seq: 1,
    ts: '2026-11-21T09:30:00.000Z',
    type: 'feature.progress',
    run_id: 'r',
    feature_id: 'f',
    message: 'Generating spec...',
  };
  socket().say({ type: 'events', channel, events: [progress] });
  await until(() => told.length === 1, 'the first event');
  const generated = { ...progress, seq: 2, type: 'feature.generated', task_count: 3, project_id: 'p1' };
  socket().say({ type: 'events', channel, events: [generated, generated] });
  await until(() => told.length === 2, 'the second event');
  expect(told).toEqual(['1 feature.progress', '2 feature.generated']);
  expect(latest).toEqual({ f: generated });
});
