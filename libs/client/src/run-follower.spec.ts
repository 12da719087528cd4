import { complete, end, event, exampleClient, exampleRun, exampleVersion, RUN } from '../test/example-run.js';
import type { RunEvent } from './events.js';
import type { Followed } from './follow.js';
import { RunFollower } from './run-follower.js';
import type { RunState } from './run-follower.js';
import { sha256Of } from './sha256.js';

async function* script(...events: (RunEvent | 'reset')[]): AsyncGenerator<Followed> {
  for (const one of events) yield one === 'reset' ? { type: 'reset' } : { type: 'event', event: one };
}
async function statesOf(follower: RunFollower): Promise<RunState[]> {
  const states: RunState[] = [];
  for await (const state of follower.states()) states.push(state);
  return states;
}
const sectionOf = (state: RunState | undefined, id: string) =>
  state?.sections.find(({ sectionId }) => sectionId === id);

it('begins with the snapshot, goes on with the events, and ends with every text proven', async () => {
  const events = [
    event(1, 'section_started', { section_id: 'goals', attempt: 1 }),
    event(2, 'chunk', { section_id: 'goals', attempt: 1, offset: 0, content: 'Fewer ' }),
    await complete(3, 'goals', 'Fewer evenings lost 🎾'),
    await complete(4, 'summary', 'In short.'),
    end(5),
  ];
  let from: unknown;
  const client = exampleClient((options) => ((from = options?.from), script(...events)));
  const states = await statesOf(new RunFollower(client, RUN));
  expect(from).toEqual({ epoch: 'e', seq: 0 });
  const last = states.at(-1)!;
  expect(last.sections.map(({ sectionId, order, content, verified }) => [sectionId, order, content, verified])).toEqual(
    [
      ['summary', 0, 'In short.', true],
      ['goals', 1, 'Fewer evenings lost 🎾', true],
    ],
  );
  expect(last.view.ended?.type).toBe('complete');
  // Titles are known from the beginning.
  expect(states[0]!.sections.map(({ title, status }) => [title, status])).toEqual([
    ['Summary', 'pending'],
    ['Goals', 'pending'],
  ]);
});

it('reads the stored text where what came is not what it should be', async () => {
  const stored = { content: 'The stored text', sha256: (await sha256Of('The stored text'))! };
  let reads = 0;
  const version = () => exampleVersion(reads++ === 0 ? {} : { goals: stored });
  const damaged = await complete(1, 'goals', 'The stored text', 'The st0red text');
  const client = exampleClient(() => script(damaged, end(2)), { version });
  const last = (await statesOf(new RunFollower(client, RUN))).at(-1);
  expect(sectionOf(last, 'goals')).toMatchObject({ content: 'The stored text', verified: true });
  expect(client.asked).toEqual(['run', 'version', 'follow', 'version']);
});

it('says that a text is not proven where the stored one is no other, and asks once', async () => {
  const wrong = { content: 'Of somebody else', sha256: 'f'.repeat(64) };
  const client = exampleClient(
    async function* () {
      yield* script(await complete(1, 'goals', 'One', 'Two'), end(2));
    },
    { version: () => exampleVersion({ goals: wrong }) },
  );
  const last = (await statesOf(new RunFollower(client, RUN))).at(-1);
  expect(sectionOf(last, 'goals')).toMatchObject({ verified: false });
  expect(client.asked.filter((what) => what === 'version').length).toBeLessThanOrEqual(3);
});

it('keeps what it shows through a log that begins anew, and leaves sections alone that are the same', async () => {
  const chunk = (seq: number, epoch: string) =>
    event(seq, 'chunk', { section_id: 'goals', attempt: 1, offset: 0, content: 'Fewer' }, epoch);
  const started = (seq: number, epoch: string) =>
    event(seq, 'section_started', { section_id: 'goals', attempt: 1 }, epoch);
  const client = exampleClient(() =>
    script(
      started(1, 'e'),
      chunk(2, 'e'),
      'reset',
      started(1, 'f'),
      chunk(2, 'f'),
      event(
        3,
        'progress',
        {
          sections_completed: 0,
          sections_total: 2,
          eta_seconds: 3,
        },
        'f',
      ),
    ),
  );
  const follower = new RunFollower(client, RUN);
  const seen: RunState[] = [];
  follower.onChange = () => seen.push(follower.state);
  await follower.run();
  const texts = seen.map((state) => sectionOf(state, 'goals')?.draft);
  expect(texts.slice(texts.indexOf('Fewer'))).toEqual(texts.slice(texts.indexOf('Fewer')).map(() => 'Fewer'));
  expect(sectionOf(seen.at(-1), 'goals')).toBe(sectionOf(seen.at(-2), 'goals'));
});

it('takes everything that is told again after a reset, also under the same epoch', async () => {
  // The snapshot was ahead of what the log then held.
  const run = { ...exampleRun, stream: { epoch: 'e', seq: 9 } };
  const client = exampleClient(
    async function* () {
      yield* script('reset', event(1, 'section_started', { section_id: 'goals', attempt: 1 }));
      yield* script(await complete(2, 'goals', 'Fewer evenings lost.'), end(3));
    },
    { run },
  );
  const states = await statesOf(new RunFollower(client, RUN));
  expect(states.map(({ view: { epoch, seq } }) => [epoch, seq])).toContainEqual([null, 0]);
  expect(sectionOf(states.at(-1), 'goals')).toMatchObject({ content: 'Fewer evenings lost.', verified: true });
  expect(states.at(-1)?.view).toMatchObject({ epoch: 'e', seq: 3, ended: { type: 'complete' } });
});

it('does not follow a run that has ended', async () => {
  const client = exampleClient(() => script(), {
    run: { ...exampleRun, status: 'failed', error: 'The key was refused.' },
  });
  const [state] = await statesOf(new RunFollower(client, RUN));
  expect(state?.view.ended).toMatchObject({ type: 'failed', error: 'The key was refused.' });
  expect(client.asked).toEqual(['run', 'version']);
});

it('throws what following throws, and nothing when it is left', async () => {
  const refused = exampleClient(async function* () {
    throw new Error('refused');
  } as never);
  await expect(statesOf(new RunFollower(refused, RUN))).rejects.toThrow('refused');

  let left = false;
  const endless = exampleClient(async function* (options) {
    try {
      yield* script(event(1, 'section_started', { section_id: 'goals', attempt: 1 }));
      await new Promise((resolve) => options?.signal?.addEventListener('abort', resolve));
    } finally {
      left = true;
    }
  });
  for await (const state of new RunFollower(endless, RUN).states()) if (state.view.seq === 1) break;
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(left).toBe(true);
});
