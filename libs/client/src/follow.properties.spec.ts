import { createInProcessLive } from '@planwright/live';
import fc from 'fast-check';
import type { Replica, ScriptedRun } from '../../../apps/notifier/src/contract/world.js';
import { World } from '../../../apps/notifier/src/contract/world.js';
import { UnreliableNetwork } from '../test/unreliable-network.js';
import { createClient } from './client.js';
import type { Position } from './connection.js';
import type { RunEvent } from './events.js';
import type { FollowOptions } from './follow.js';

const RUNS = process.env['TEST_LONG'] ? 10_000 : 60;

let world: World;
let replicas: Replica[];
beforeAll(async () => {
  world = new World(createInProcessLive());
  replicas = [await world.replica(), await world.replica()];
});
afterAll(() => world.close());

const SECTIONS = ['a', 'b', 'c'];
type Step = { section: string; does: 'start' | 'write' | 'complete'; text: string };
const step: fc.Arbitrary<Step> = fc.record({
  section: fc.constantFrom(...SECTIONS),
  does: fc.constantFrom('start', 'write', 'write', 'write', 'write', 'complete'),
  text: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
});

/** Part of the following: over one transport, until so many events came. */
const part = fc.record({
  transport: fc.constantFrom<FollowOptions['transport'][]>('auto', 'websocket', 'sse', 'poll'),
  events: fc.nat(6),
});

/** Does what makes sense of a step: sections begin before they are written, and complete ones are left alone. */
function player(run: ScriptedRun): (step: Step) => Promise<void> | undefined {
  const attempts = new Map<string, number>();
  const complete = new Set<string>();
  return ({ section, does, text }) => {
    const attempt = attempts.get(section) ?? 0;
    if (complete.has(section) || (attempt === 0 && does !== 'start')) return undefined;
    if (does === 'write') return run.write(section, text);
    if (does === 'start') {
      attempts.set(section, attempt + 1);
      return run.start(section, attempt + 1);
    }
    complete.add(section);
    return run.complete(section);
  };
}

/**
 * Events as text and order alone: what chunks bring anew, joined by section and attempt between two events of another
 * kind. Throws where numbers don't follow on each other, or a chunk leaves out text.
 */
function joined(events: readonly RunEvent[]): unknown[] {
  const lengths = new Map<string, number>();
  const list: unknown[] = [];
  let texts: Record<string, string> = {};
  let next = 1;
  for (const event of events) {
    if ((event.type === 'chunk' ? (event.from_seq ?? event.seq) : event.seq) !== next) {
      throw new Error(`${event.seq} comes where ${next} should`);
    }
    next = event.seq + 1;
    if (event.type === 'chunk') {
      const key = `${event.section_id}/${event.attempt}`;
      const known = lengths.get(key) ?? 0;
      if (event.offset > known) throw new Error(`text is missing before ${event.seq}`);
      texts[key] = (texts[key] ?? '') + event.content.slice(known - event.offset);
      lengths.set(key, Math.max(known, event.offset + event.content.length));
    } else {
      list.push(Object.entries(texts).sort(), event);
      texts = {};
    }
  }
  return list;
}

it(
  'whatever is cut, comes twice or changes its transport: exactly the log is delivered',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.nat(30),
        fc.array(part, { maxLength: 5 }),
        fc.array(fc.nat(25), { maxLength: 8 }),
        fc.boolean(),
        async (steps, before, parts, budgets, repeats) => {
          const run = world.newRun();
          const play = player(run);
          await run.stage(SECTIONS);
          for (const one of steps.slice(0, before)) await play(one);
          const network = new UnreliableNetwork(budgets, repeats);
          const waiting = steps.slice(before);
          let ended = false;
          /** The run goes on while it is followed: there is always something that was not delivered yet. */
          const goOn = async (count: number) => {
            for (let done = 0; done < count && waiting.length > 0;) {
              const played = play(waiting.shift()!);
              await played;
              if (played) done += 1;
            }
            if (waiting.length > 0 || ended) return;
            ended = true;
            await run.end();
          };

          const delivered: RunEvent[] = [];
          let from: Position | undefined;
          for (const [index, { transport, events }] of [
            ...parts,
            { transport: 'auto' as const, events: Infinity },
          ].entries()) {
            const { url } = replicas[index % replicas.length]!;
            const client = createClient({ url, fetch: network.fetch, WebSocket: network.WebSocket });
            let left = events;
            for await (const followed of client.runs.follow(run.id, { transport, from, firstWaitMs: 1 })) {
              if (followed.type === 'reset') throw new Error('the log was not lost');
              delivered.push(followed.event);
              from = followed.event;
              await goOn((delivered.length % 3) + 1);
              left -= 1;
              if (left <= 0) break;
            }
          }
          const log = await world.live.read(run.channel, { after: 0, limit: 10_000 });
          expect(joined(delivered)).toEqual(joined(log.events as RunEvent[]));
        },
      ),
      { numRuns: RUNS },
    );
  },
  process.env['TEST_LONG'] ? 3_600_000 : 60_000,
);
