import { newId } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import { gate, message, recording, runStart, runStarts } from './broker.contract.js';
import type { BrokerUnderTest } from './broker.contract.js';
import { UnavailableError } from './broker.js';
import type { Broker } from './broker.js';
import { DELIVERY_LIMIT, QUEUES } from './topology.js';

const queue = QUEUES.orchestrator;
const AWAY_FOR = 2 * DELIVERY_LIMIT;

/** What both brokers promise while something that handlers need is away. */
export function unavailableContract(name: string, start: () => Promise<BrokerUnderTest>): void {
  describe(`${name}: the contract of handlers whose database is away`, () => {
    let test: BrokerUnderTest;
    let broker: Broker;
    beforeEach(async () => {
      test = await start();
      broker = test.broker;
    });
    afterEach(() => test.close());

    it('tries in place until it is back, and counts no delivery', async () => {
      const { seen, deliveries, handle } = recording(() => {
        if (seen.length <= AWAY_FOR) throw new UnavailableError('the database is away');
      });
      await broker.consume({ queue, prefetch: 1, handle });
      const sent = runStart();
      await broker.publish([sent]);
      await waitFor(() => broker.counters.handled === 1, { what: 'the message to be handled' });
      expect(seen).toEqual(Array(AWAY_FOR + 1).fill(sent.id));
      expect(deliveries).toEqual(Array(AWAY_FOR + 1).fill({ queue, redelivered: false, deliveries: 1 }));
      expect(broker.counters).toMatchObject({ unavailable: AWAY_FOR, requeued: 0, parked: 0, staleSettles: 0 });
    });

    it('takes no more than its prefetch meanwhile, and as much as before afterwards', async () => {
      let away = true;
      const door = gate();
      const began: string[] = [];
      const { seen, handle } = recording(async ({ id }) => {
        if (away) throw new UnavailableError('the database is away');
        began.push(id);
        await door.passed;
      });
      await broker.consume({ queue, prefetch: 3, handle });
      const sent = runStarts(10);
      await broker.publish(sent);
      await waitFor(() => seen.length >= 30, { what: 'many tries' });
      expect([...new Set(seen)].sort()).toEqual(sent.slice(0, 3).map(({ id }) => id));
      away = false;
      await waitFor(() => began.length === 3, { what: 'three in work' });
      const rest = recording();
      const other = await test.other.consume({ queue, prefetch: 10, handle: rest.handle });
      await waitFor(() => rest.seen.length === 7, { what: 'the others, which were never taken' });
      await other.close();
      await broker.publish(runStarts(3));
      door.open();
      await waitFor(() => began.length === 6, { what: 'three more' });
      expect(rest.deliveries.every(({ deliveries }) => deliveries === 1)).toBe(true);
    });

    it('gives the message back at once when it closes', async () => {
      const { seen, handle } = recording(() => Promise.reject(new UnavailableError('the database is away')));
      const consumer = await broker.consume({ queue, prefetch: 1, handle });
      const sent = runStart();
      await broker.publish([sent]);
      await waitFor(() => seen.length >= 3, { what: 'some tries' });
      const closedAt = Date.now();
      await consumer.close({ graceMs: 25_000 });
      expect(Date.now() - closedAt).toBeLessThan(10_000);
      const tries = seen.length;
      const next = recording();
      await test.other.consume({ queue, prefetch: 1, handle: next.handle });
      await waitFor(() => next.seen.length === 1, { what: 'the message elsewhere' });
      expect(next).toMatchObject({ seen: [sent.id], deliveries: [{ redelivered: true, deliveries: 2 }] });
      expect(seen).toHaveLength(tries);
      expect(broker.counters).toMatchObject({ requeued: 1, staleSettles: 0 });
    });

    it('does not retry a broadcast', async () => {
      const { seen, handle } = recording(() => Promise.reject(new UnavailableError('the database is away')));
      await broker.subscribe({ keys: ['step.cancel'], handle });
      await broker.publish([1, 2].map(() => message('step.cancel', { run_id: newId(), steps: [] })));
      await waitFor(() => broker.counters.dropped === 2, { what: 'both to be dropped' });
      expect(new Set(seen).size).toBe(2);
      expect(seen).toHaveLength(2);
    });
  });
}
