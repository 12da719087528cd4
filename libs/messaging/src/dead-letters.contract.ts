import type { AnyMessage } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import { message, recording, runStart, runStarts } from './broker.contract.js';
import type { BrokerUnderTest } from './broker.contract.js';
import { ParkError, UnavailableError } from './broker.js';
import type { Broker, ParkedMessage } from './broker.js';
import { DELIVERY_LIMIT, QUEUES } from './topology.js';

const queue = QUEUES.orchestrator;
const refuse = (reason = 'no'): Promise<never> => Promise.reject(new ParkError(reason));
const handles = (messages: readonly ParkedMessage[]): string[] => messages.map(({ handle }) => handle);

/** What both brokers promise of messages that nobody could take: dead letters, then parked ones, then a person's choice. */
export function deadLetterContract(name: string, start: () => Promise<BrokerUnderTest>): void {
  describe(`${name}: the contract of dead letters`, () => {
    let test: BrokerUnderTest;
    let broker: Broker;
    beforeEach(async () => {
      test = await start();
      broker = test.broker;
    });
    afterEach(() => test.close());

    /** Has messages refused by a consumer that then closes, and waits until they are parked. */
    const park = async (sent: readonly AnyMessage[], inject: readonly string[] = []): Promise<void> => {
      const parked = (await broker.listParked()).total;
      const letters = await broker.consumeDead({ handle: async () => undefined });
      const consumer = await broker.consume({ queue, prefetch: 1, handle: () => refuse() });
      await broker.publish(sent);
      for (const body of inject) await test.inject(queue, Buffer.from(body));
      const total = parked + sent.length + inject.length;
      await waitFor(async () => (await broker.listParked()).total === total, { what: 'all to be parked' });
      await consumer.close({ graceMs: 1_000 });
      await letters.close({ graceMs: 1_000 });
    };

    it('keeps dead letters until somebody takes them, and says how many', async () => {
      const consumer = await broker.consume({ queue, prefetch: 1, handle: () => refuse('too late') });
      const sent = runStarts(3);
      await broker.publish(sent);
      await waitFor(() => broker.counters.parked === 3, { what: 'three dead letters' });
      await consumer.close();
      expect(await broker.listParked()).toEqual({ total: 0, waiting: 3, messages: [] });
      const taken: string[] = [];
      await broker.consumeDead({ handle: async ({ parked }) => void taken.push(`${parked.queue}: ${parked.reason}`) });
      await waitFor(() => broker.counters.deadLetters === 3, { what: 'them to be parked' });
      expect(taken).toEqual(sent.map(() => `${queue}: too late`));
      expect(await broker.listParked()).toMatchObject({ total: 3, waiting: 0 });
    });

    it('tries a dead letter again when its handler throws', async () => {
      let tries = 0;
      await broker.consumeDead({
        handle: async () => {
          tries += 1;
          if (tries < 3) throw new Error('not now');
        },
      });
      await broker.consume({ queue, prefetch: 1, handle: () => refuse() });
      await broker.publish([runStart()]);
      await waitFor(() => broker.counters.deadLetters === 1, { what: 'it to be parked' });
      expect(tries).toBe(3);
      expect((await broker.listParked()).messages[0]?.reason).toBe('no');
    });

    it('parks a dead letter although its handler always throws, with both reasons', async () => {
      let tries = 0;
      const handle = async (): Promise<void> => {
        tries += 1;
        throw new Error('it never works');
      };
      await broker.consumeDead({ handle });
      await broker.consume({ queue, prefetch: 1, handle: () => refuse() });
      await broker.publish([runStart()]);
      await waitFor(() => broker.counters.deadLetters === 1, { what: 'it to be parked' });
      expect(tries).toBe(DELIVERY_LIMIT + 1);
      const { messages } = await broker.listParked();
      expect(messages[0]?.reason).toBe('no; its dead letter failed 11 times; last: Error: it never works');
    });

    it('holds a dead letter back while the database is away, however long', async () => {
      let tries = 0;
      await broker.consumeDead({
        handle: async () => {
          tries += 1;
          if (tries <= 2 * DELIVERY_LIMIT) throw new UnavailableError('the database is away');
        },
      });
      await broker.consume({ queue, prefetch: 1, handle: () => refuse() });
      await broker.publish([runStart()]);
      await waitFor(() => broker.counters.deadLetters === 1, { what: 'it to be parked' });
      expect(tries).toBe(2 * DELIVERY_LIMIT + 1);
      expect(broker.counters).toMatchObject({ unavailable: 2 * DELIVERY_LIMIT, requeued: 0 });
    });

    it('replays all that can be read, in order and byte for byte, and names the rest', async () => {
      const sent = runStarts(5);
      const newer = JSON.stringify({ ...runStart(), added_later: true });
      await park(sent, ['{', newer, '{']);
      const { replayed, notReplayable } = await broker.replayParked();
      expect(replayed).toBe(6);
      const unreadable = { id: 'sha256:021fb596db81e6d0', reason: expect.stringMatching(/^not JSON/) as string };
      expect(notReplayable).toEqual([unreadable, unreadable]);
      expect((await broker.listParked()).total).toBe(2);
      const { seen, deliveries, handle } = recording(({ id }) => (id === sent[0]?.id ? undefined : refuse()));
      await broker.consumeDead({ handle: async () => undefined });
      await broker.consume({ queue, prefetch: 1, handle });
      await waitFor(async () => (await broker.listParked()).total === 7, { what: 'the others to be parked again' });
      expect(seen).toEqual([...sent.map(({ id }) => id), (JSON.parse(newer) as AnyMessage).id]);
      expect(deliveries[0]).toMatchObject({ redelivered: false, deliveries: 1 });
      const again = (await broker.listParked()).messages.map(({ body }) => Buffer.from(body).toString());
      expect(again).toContain(newer);
    });

    it('replays and drops what was chosen, and leaves the others in their order', async () => {
      const sent = runStarts(6);
      const [a, b, c, d, e, f] = sent.map(({ id }) => id) as [string, string, string, string, string, string];
      await park(sent, ['?']);
      expect(await broker.replayParked({ ids: [d, 'nobody', b] })).toEqual({
        replayed: 2,
        notReplayable: [{ id: 'nobody', reason: 'no parked message has this id' }],
      });
      expect(handles((await broker.listParked()).messages)).toEqual([a, c, e, f, 'sha256:8a8de823d5ed3e12']);
      expect(await broker.dropParked({ ids: ['sha256:8a8de823d5ed3e12', c, 'nobody'] })).toBe(2);
      expect(handles((await broker.listParked()).messages)).toEqual([a, e, f]);
      expect(await broker.dropParked({ ids: 'all' })).toBe(3);
      expect(await broker.listParked()).toEqual({ total: 0, waiting: 0, messages: [] });
      const { seen, handle } = recording();
      await broker.consume({ queue, prefetch: 1, handle });
      await waitFor(() => seen.length === 2, { what: 'the replayed messages' });
      expect(seen).toEqual([b, d]);
    });

    it('sends a message that strayed to the queue it belongs to', async () => {
      await broker.consumeDead({ handle: async () => undefined });
      await broker.consume({ queue: QUEUES.generatorFeatures, prefetch: 1, handle: () => refuse('not mine') });
      const lost = message('step.lost', { run_id: newId(), step_id: newId(), attempt: 1 });
      await test.inject(QUEUES.generatorFeatures, Buffer.from(JSON.stringify(lost)));
      await waitFor(() => broker.counters.deadLetters === 1, { what: 'it to be parked' });
      expect(await broker.replayParked()).toEqual({ replayed: 1, notReplayable: [] });
      const { seen, handle } = recording();
      await broker.consume({ queue, prefetch: 1, handle });
      await waitFor(() => seen.length === 1, { what: 'the message' });
      expect(seen).toEqual([lost.id]);
    });

    it('tells how many messages and consumers each work queue has, those of other processes too', async () => {
      const idle = { messages: 0, consumers: 0 };
      const others = {
        [QUEUES.generatorInteractive]: idle,
        [QUEUES.generatorBackground]: idle,
        [QUEUES.generatorFeatures]: idle,
      };
      expect(await broker.queueStates()).toEqual({ ...others, [queue]: idle });
      await broker.publish(runStarts(3));
      await waitFor(async () => (await broker.queueStates())[queue].messages === 3, { what: 'them to be counted' });
      const one = await broker.consume({ queue, prefetch: 1, handle: async () => undefined });
      await test.other.consume({ queue, prefetch: 1, handle: async () => undefined });
      await waitFor(async () => (await broker.queueStates())[queue].consumers === 2, { what: 'both to be counted' });
      await one.close();
      await waitFor(async () => (await broker.queueStates())[queue].messages === 0, { what: 'all to be taken' });
      expect(await broker.queueStates()).toEqual({ ...others, [queue]: { messages: 0, consumers: 1 } });
    });
  });
}
