import { projectChannel, taskETag } from '@planwright/contracts';
import type { ProjectLiveEvent, ServerFrame, TaskResource } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { WebSocket } from 'ws';
import { startDistributed } from './src/distributed.js';
import { startRun, untilEnded } from './src/driver.js';
import type { Platform } from './src/platform.js';
import { socketUrl } from './src/platform.js';
import { startStandalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

/** What a browser would have: the cards of a board, by nothing but the events that came, each number once and in order. */
async function followBoard(url: string, projectId: string) {
  const events: ProjectLiveEvent[] = [];
  const socket = new WebSocket(socketUrl(url), LIVE_SUBPROTOCOL);
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as ServerFrame;
    if (frame.type === 'welcome') {
      socket.send(JSON.stringify({ type: 'subscribe', channel: projectChannel(projectId) }));
    }
    if (frame.type === 'events') events.push(...(frame.events as ProjectLiveEvent[]));
  });
  const cards = (): TaskResource[] => {
    const known = new Map<string, TaskResource>();
    for (const event of events) if ('task' in event) known.set(event.task.id, event.task as unknown as TaskResource);
    return [...known.values()].filter(({ retired_at, deleted_at }) => !retired_at && !deleted_at);
  };
  return { events, cards, cut: () => socket.terminate() };
}

const byKey = (cards: readonly TaskResource[]) =>
  cards.toSorted((a, b) => Number(a.key.slice(2)) - Number(b.key.slice(2)));

describe.each<[string, () => Promise<Platform>]>([
  ['standalone', startStandalone],
  ['distributed', startDistributed],
])('a board, %s', (_name, start) => {
  let platform: Platform;
  beforeAll(async () => void (platform = await start()), 60_000);
  afterAll(() => platform?.stop(), 60_000);

  test('is followed while runs and people change it, and a new task set keeps what people wrote', async () => {
    const { url } = platform;
    const { client, projectId, run } = await startRun(platform, { mode: 'draft' });
    const board = await followBoard(url, projectId);
    expect(await untilEnded(client, run.id, 60_000)).toMatchObject({ status: 'succeeded' });
    const list = async () => (await client.tasks.list(projectId, { limit: 100 })).items;
    const send = async (method: string, path: string, body?: object, task?: TaskResource): Promise<TaskResource> => {
      const response = await fetch(`${url}/v1${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...(task && { 'if-match': taskETag(task) }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      return (method === 'DELETE' ? {} : await response.json()) as TaskResource;
    };

    const [edited, started, deleted] = await list();
    if (!edited || !started || !deleted) throw new Error('the writer made too few cards');
    const mine = await send('PATCH', `/tasks/${edited.id}`, { title: 'Wrapped by hand', labels: ['mine'] }, edited);
    expect(mine.edited_fields).toEqual(['title', 'labels']);
    const begun = await send('POST', `/tasks/${started.id}/move`, { status: 'in_progress' }, started);
    await send('DELETE', `/tasks/${deleted.id}`, undefined, deleted);
    const own = await send('POST', `/projects/${projectId}/tasks`, { title: 'Ours', dependencies: [edited.id] });
    await send('POST', `/tasks/${own.id}/move`, { status: 'todo', before: edited.id }, own);
    const before = await list();

    const again = await client.runs.start(projectId, { documents: ['task_set'] });
    expect(await untilEnded(client, again.id, 60_000)).toMatchObject({ status: 'succeeded' });
    const after = await list();
    const find = (cards: readonly TaskResource[], { id }: TaskResource) => cards.find((card) => card.id === id);
    expect(find(after, mine)).toMatchObject({ key: mine.key, title: 'Wrapped by hand', labels: ['mine'] });
    expect(find(after, begun)).toEqual(begun);
    expect(find(after, own)).toEqual(find(before, own));
    expect(find(after, deleted)).toBeUndefined();
    expect(new Set(after.map(({ key }) => key)).size).toBe(after.length);

    const ended = (event: ProjectLiveEvent) => event.type === 'run.ended' && event.run_id === again.id;
    await waitFor(() => board.events.some(ended), { what: 'the follower to hear of the end', timeoutMs: 20_000 });
    expect(board.events.map(({ seq }) => seq)).toEqual(board.events.map((_, i) => i + 1));
    expect(byKey(board.cards())).toEqual(byKey(after));
    board.cut();
  }, 150_000);
});
leaveNothingRunning();
