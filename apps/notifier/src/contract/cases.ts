import { randomUUID } from 'node:crypto';
import type { LiveEvent } from '@planwright/contracts';
import { runChannel } from '@planwright/contracts';
import type { RunView } from '@planwright/contracts/live';
import { sectionKey } from '@planwright/contracts/live';
import type { Client, From } from './clients.js';
import type { Replica, ScriptedRun, World } from './world.js';
import { WHOLE_RUN } from './world.js';

/** What a case has at hand: a run, one or two replicas, and a way to follow the run on one of the transports. */
export interface CaseParts {
  world: World;
  run: ScriptedRun;
  replicas: [Replica, Replica];
  /** Chunks that wait together come as one on this transport. */
  merges: boolean;
  follow(from?: From, options?: { replica?: Replica | undefined; channel?: string; view?: RunView }): Promise<Client>;
}

export interface LiveCase {
  name: string;
  check(parts: CaseParts): Promise<void>;
}

const play = async (run: ScriptedRun, from = 0, to = WHOLE_RUN.length) => {
  for (const step of WHOLE_RUN.slice(from, to)) await step(run);
};
const logOf = async ({ world, run }: CaseParts): Promise<{ epoch: string; events: LiveEvent[] }> =>
  world.live.read(run.channel, { after: 0, limit: 10_000 });
const hasEnded = (client: Client) => client.view().ended !== null;
const resets = (client: Client) => client.told.filter((told) => told.type === 'reset').length;

/** Both sections with exactly the text that was written, and the end of the run. */
function expectWhole(view: RunView, run: ScriptedRun): void {
  const section = (id: string) => view.sections[sectionKey(run.documentId, id)];
  expect(section('a')).toMatchObject({ status: 'completed', content: 'The first text', attempt: 1 });
  expect(section('b')).toMatchObject({ status: 'completed', content: 'Second attempt', attempt: 2 });
  expect(view.ended).toMatchObject({ type: 'complete', prdId: run.documentId });
}

/** The events told cover exactly the numbers from `after + 1` to the end of the log, each once. */
function expectExactly(client: Client, after: number, last: number): void {
  let next = after + 1;
  for (const told of client.told) {
    expect(told.type).not.toBe('reset');
    expect(('from_seq' in told ? told.from_seq : undefined) ?? told.seq).toBe(next);
    next = told.seq + 1;
  }
  expect(next).toBe(last + 1);
}

/** What every transport must do. One list, run on each of them and on each kind of live log. */
export const LIVE_CASES: readonly LiveCase[] = [
  {
    name: 'connected before the run, a follower is told everything as it happens',
    async check(parts) {
      const client = await parts.follow();
      for (const step of WHOLE_RUN) {
        const before = client.view().seq;
        await step(parts.run);
        await client.until(() => client.view().seq > before);
      }
      const { events } = await logOf(parts);
      expect(client.told).toEqual(events);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'connected during the run, it is told what was and what comes',
    async check(parts) {
      await play(parts.run, 0, 6);
      const client = await parts.follow();
      await client.until(() => client.view().seq === 6);
      await play(parts.run, 6);
      await client.until(hasEnded);
      expectExactly(client, 0, WHOLE_RUN.length);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'connected after the run, it is told everything',
    async check(parts) {
      await play(parts.run);
      const client = await parts.follow();
      await client.until(hasEnded);
      expectExactly(client, 0, WHOLE_RUN.length);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'cut after any event and resumed there, on any replica, it is told exactly what follows',
    async check(parts) {
      await play(parts.run);
      const { epoch, events } = await logOf(parts);
      for (let after = 0; after < events.length; after += 1) {
        const client = await parts.follow({ epoch, after }, { replica: parts.replicas[after % 2] });
        await client.until(() => client.told.at(-1)?.type === 'complete');
        expectExactly(client, after, events.length);
        await client.close();
      }
    },
  },
  {
    name: 'cut at any moment of a running run, it ends with the same text',
    async check(parts) {
      let client = await parts.follow();
      for (const [index, step] of WHOLE_RUN.entries()) {
        await step(parts.run);
        if (index % 2 === 0) await client.until(() => client.view().seq >= index);
        const view = client.view();
        await client.close();
        const from = view.epoch === null ? undefined : { epoch: view.epoch, after: view.seq };
        client = await parts.follow(from, { replica: parts.replicas[index % 2], view });
      }
      await client.until((one) => hasEnded(one) || one.closed);
      expect(resets(client)).toBe(0);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'resumed where there is nothing new yet, it is told what comes',
    async check(parts) {
      await play(parts.run, 0, 5);
      const { epoch } = await logOf(parts);
      const client = await parts.follow({ epoch, after: 5 });
      await play(parts.run, 5);
      await client.until(() => client.told.at(-1)?.type === 'complete');
      expectExactly(client, 5, WHOLE_RUN.length);
    },
  },
  {
    name: 'with an epoch nobody knows, it is told to start again, and everything',
    async check(parts) {
      await play(parts.run);
      const client = await parts.follow({ epoch: 'of-another-life', after: 3 });
      await client.until(hasEnded);
      expect(client.told[0]).toMatchObject({ type: 'reset', seq: WHOLE_RUN.length });
      expect(resets(client)).toBe(1);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'with a position beyond the log, it is told to start again',
    async check(parts) {
      await play(parts.run);
      const { epoch } = await logOf(parts);
      const client = await parts.follow({ epoch, after: 999 });
      await client.until(hasEnded);
      expect(client.told[0]?.type).toBe('reset');
    },
  },
  {
    name: 'when the log is lost while it follows, it is told to start again and ends with the same text',
    async check(parts) {
      const client = await parts.follow();
      await play(parts.run, 0, 9);
      await client.until(() => client.view().seq === 9);
      await parts.world.live.expire(parts.run.channel, 0);
      await play(parts.run, 9);
      await client.until(hasEnded);
      expect(resets(client)).toBe(1);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'when the log is lost after the run, it comes back from what is stored',
    async check(parts) {
      await play(parts.run);
      const { epoch } = await logOf(parts);
      await parts.world.live.expire(parts.run.channel, 0);
      const client = await parts.follow({ epoch, after: 4 });
      await client.until(hasEnded);
      expect(client.told[0]?.type).toBe('reset');
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'facts the orchestrator could not append arrive all the same',
    async check(parts) {
      const client = await parts.follow();
      await play(parts.run, 0, 9);
      await parts.run.complete('a', false);
      await client.until(() => client.view().sections[sectionKey(parts.run.documentId, 'a')]?.status === 'completed');
      await play(parts.run, 10, 12);
      await parts.run.end(false);
      await client.until(hasEnded);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'facts nobody was told of arrive all the same',
    async check(parts) {
      const client = await parts.follow();
      await play(parts.run, 0, 12);
      parts.world.tells = false;
      await parts.run.end(false);
      await client.until(hasEnded);
      expectWhole(client.view(), parts.run);
    },
  },
  {
    name: 'chunks that wait together are merged, and resuming within them is exact',
    async check(parts) {
      await parts.run.stage(['a', 'b']);
      await parts.run.start('a');
      await parts.run.start('b');
      for (let index = 0; index < 200; index += 1) await parts.run.write(index % 2 === 0 ? 'a' : 'b', `${index} `);
      const client = await parts.follow();
      await client.until(() => client.view().seq === 203);
      if (parts.merges) expect(client.told.length).toBeLessThan(20);
      expectExactly(client, 0, 203);
      const view = client.view();
      const { epoch } = await logOf(parts);
      for (const told of client.told.slice(3, 20)) {
        const resumed = await parts.follow({ epoch, after: told.seq });
        await parts.run.write('a', '.');
        await resumed.until(() => resumed.told.length > 0);
        await resumed.close();
      }
      expect(view.sections[sectionKey(parts.run.documentId, 'b')]?.draft).toBe(
        Array.from({ length: 100 }, (_, index) => `${index * 2 + 1} `).join(''),
      );
    },
  },
  {
    name: 'a run of another workspace and one that is not there are the same: not found',
    async check(parts) {
      const foreign = parts.world.newRun('0199f3a2-0000-7000-8000-00000000000f');
      for (const id of [foreign.id, randomUUID()]) {
        const client = await parts.follow(undefined, { channel: runChannel(id) });
        await client.until(() => client.refused !== null);
        expect(client.refused?.code).toBe('not_found');
      }
    },
  },
  {
    name: 'while the database does not answer it is refused as unavailable, and may come back',
    async check(parts) {
      await play(parts.run);
      parts.world.down = true;
      const client = await parts.follow();
      await client.until(() => client.refused !== null);
      expect(client.refused?.code).toBe('unavailable');
      parts.world.down = false;
      const again = await parts.follow();
      await again.until(hasEnded);
    },
  },
];
