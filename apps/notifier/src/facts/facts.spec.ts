import { randomUUID } from 'node:crypto';
import { featuresChannel, makeMessage, projectChannel, runChannel } from '@planwright/contracts';
import type { NumberedFact } from '@planwright/live';
import { createInProcessLive } from '@planwright/live';
import type { FactSource, FactStore } from '../ports.js';
import { FactListener } from './fact-listener.js';
import { LogKeeper } from './log-keeper.js';

const envelope = {
  occurred_at: '2026-11-21T02:00:00.000Z',
  workspace_id: randomUUID(),
  run_id: null,
  causation_id: null,
  traceparent: null,
};

/** Facts in memory; `asked` counts questions. */
function storeOf(facts: NumberedFact[]): FactStore & { asked: number; gate: Promise<void> } {
  const page = async (_: string, after: number, limit: number) => {
    store.asked += 1;
    const found = facts.slice(after, after + limit);
    await store.gate;
    return found;
  };
  const store = {
    asked: 0,
    gate: Promise.resolve(),
    runEvents: page,
    projectEvents: page,
    featureEvents: page,
    channelOwner: async () => null,
  };
  return store;
}
const task = (n: number): NumberedFact => ({
  n,
  at: envelope.occurred_at,
  body: { type: 'task.created', run_id: null, task: { id: randomUUID() } },
});

describe('facts that are told', () => {
  const live = createInProcessLive();
  const quiet = { debug: () => undefined, warn: () => undefined, error: () => undefined };
  const setUp = async (facts: NumberedFact[]) => {
    const store = storeOf(facts);
    const keeper = new LogKeeper(live, store);
    let hear: Parameters<FactSource['subscribe']>[0]['handle'] = async () => undefined;
    const source: FactSource = {
      subscribe: async ({ handle }) => {
        hear = handle;
        return { close: async () => undefined };
      },
    };
    await new FactListener(source, keeper, quiet).onApplicationBootstrap();
    return { store, keeper, hear: (message: Parameters<typeof hear>[0]) => hear(message) };
  };
  const types = async (channel: string) =>
    (await live.read(channel, { after: 0, limit: 1_000 })).events.map(({ seq }) => seq);

  it('fill the log of their run or project up to their number', async () => {
    const { hear } = await setUp([1, 2, 3].map(task));
    const id = randomUUID();
    await hear(makeMessage('project.changed', { project_id: id, n: 3, type: 'task.created' }, { ...envelope, id }));
    expect(await types(projectChannel(id))).toEqual([1, 2, 3]);
    const ended = { run_id: id, project_id: id, n: 2, status: 'failed' as const };
    await hear(makeMessage('run.ended', ended, { ...envelope, id }));
    expect(await types(runChannel(id))).toEqual([1, 2, 3]);
  });

  it('of features fill the log of their own channel, and no other', async () => {
    const project_id = randomUUID();
    const feature_id = randomUUID();
    const run_id = randomUUID();
    const told = { feature_id, task_count: 3, message: 'Feature created! 3 tasks added to your board', project_id };
    const { hear } = await setUp([
      {
        n: 1,
        at: envelope.occurred_at,
        body: { type: 'feature.progress', run_id, feature_id, message: 'Creating tasks...' },
      },
      { n: 2, at: envelope.occurred_at, body: { type: 'feature.generated', run_id, ...told } },
    ]);
    await hear(makeMessage('feature.generated', { ...told, n: 2 }, { ...envelope, id: randomUUID(), run_id }));
    const { events } = await live.read(featuresChannel(project_id), { after: 0, limit: 10 });
    expect(events.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'feature.progress'],
      [2, 'feature.generated'],
    ]);
    expect(events[1]).toMatchObject(told);
    expect(await types(projectChannel(project_id))).toEqual([]);
  });

  it('ask the database nothing where the log has them', async () => {
    const { hear, store } = await setUp([task(1)]);
    const id = randomUUID();
    await live.appendFacts(projectChannel(id), [task(1)]);
    await hear(makeMessage('project.changed', { project_id: id, n: 1, type: 'task.created' }, { ...envelope, id }));
    expect(store.asked).toBe(0);
  });

  it('that are no facts of a channel are passed over, and a failure is nobody else’s', async () => {
    const { hear, store } = await setUp([task(1)]);
    const id = randomUUID();
    await hear(makeMessage('run.cancel', { run_id: id, requested_at: envelope.occurred_at }, { ...envelope, id }));
    store.gate = Promise.reject(new Error('connection refused'));
    store.gate.catch(() => undefined);
    await hear(makeMessage('project.changed', { project_id: id, n: 1, type: 'task.created' }, { ...envelope, id }));
    expect(await types(projectChannel(id))).toEqual([]);
  });

  it('many at once read the rows twice at most: what runs may be too old, what waits is not', async () => {
    const facts = [task(1)];
    const { keeper, store } = await setUp(facts);
    const channel = projectChannel(randomUUID());
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const first = keeper.fill(channel);
    await new Promise((resolve) => setImmediate(resolve));
    facts.push(task(2));
    const others = Array.from({ length: 20 }, () => keeper.fill(channel));
    open();
    await Promise.all([first, ...others]);
    expect(await types(channel)).toEqual([1, 2]);
    expect(store.asked).toBe(2);
  });
});
