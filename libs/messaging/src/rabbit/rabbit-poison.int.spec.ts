import type { AnyMessage } from '@planwright/contracts';
import { createLogger } from '@planwright/runtime';
import { serviceAddresses, testPrefix, waitFor } from '@planwright/testing';
import { connect } from 'amqplib';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { runStarts } from '../broker.contract.js';
import type { Broker } from '../broker.js';
import { QUEUES } from '../topology.js';
import { deleteTopology } from './declare.js';
import { createRabbitBroker } from './rabbit-broker.js';

const long = process.env['TEST_LONG'] !== undefined;
const HEALTHY = long ? 5_000 : 300;
const POISON = HEALTHY / 100;
/** Every sixth poison is unreadable; for the others the handler has a bug, and these pause more often than all slots can hold. */
const UNREADABLE = Math.ceil(POISON / 6);
/** The bar is 0.95; short rounds on a busy machine differ by half among themselves. */
const LEAST_SHARE = long ? 0.95 : 0.5;
const ROUNDS = long ? 5 : 3;
/** As long as a short transaction. */
const WORK_MS = 5;
const PREFETCH = 2;
const queue = QUEUES.orchestrator;

describe('one message of a hundred is poison', () => {
  const { prefix } = testPrefix();
  let server: ChannelModel;
  let channel: ConfirmChannel;
  let broker: Broker;
  beforeAll(async () => {
    const url = serviceAddresses().rabbitmq;
    server = await connect(url);
    channel = await server.createConfirmChannel();
    const log = createLogger('test', 'silent');
    broker = await createRabbitBroker({
      url,
      prefix,
      name: 'test',
      log,
      retryPause: { firstMs: 20, maxMs: long ? 500 : 300 },
    });
  });
  afterAll(async () => {
    await broker.close({ graceMs: 100 });
    await deleteTopology(channel, prefix);
    await server.close();
  });

  /** Puts everything into the queue, then consumes; milliseconds until the last healthy message was handled. */
  const round = async (poison: number): Promise<number> => {
    const good = runStarts(HEALTHY);
    const unreadable = Math.min(poison, UNREADABLE);
    const bad = new Set(runStarts(poison - unreadable).map(({ id }) => id));
    const bodies = good.map((message) => JSON.stringify(message));
    const spoil = [...bad].map((id) => JSON.stringify({ ...good[0], id }));
    const junk = Array.from({ length: unreadable }, (_each, i) => `{ ${i}`);
    for (const [i, body] of [...spoil, ...junk].entries()) bodies.splice(Math.floor((i * HEALTHY) / poison), 0, body);
    for (const body of bodies) channel.sendToQueue(`${prefix}.${queue}`, Buffer.from(body), { persistent: true });
    await channel.waitForConfirms();

    const parkedBefore = (await broker.listParked()).total;
    const handled = new Set<string>();
    let working = 0;
    let busiest = 0;
    const handle = async ({ id }: AnyMessage): Promise<void> => {
      if (bad.has(id)) throw new Error('a bug');
      busiest = Math.max(busiest, (working += 1));
      await sleep(WORK_MS);
      working -= 1;
      handled.add(id);
    };
    const startedAt = performance.now();
    const consumer = await broker.consume({ queue, prefetch: PREFETCH, handle });
    await waitFor(() => handled.size === HEALTHY, { what: 'every healthy message', timeoutMs: 120_000 });
    const tookMs = performance.now() - startedAt;
    await waitFor(async () => (await broker.listParked()).total === parkedBefore + poison, {
      what: 'all poison to be parked',
      timeoutMs: 60_000,
    });
    await consumer.close({ graceMs: 5_000 });
    expect(good.every(({ id }) => handled.has(id))).toBe(true);
    expect(busiest).toBeLessThanOrEqual(PREFETCH);
    return tookMs;
  };

  it(
    'healthy messages keep their pace, and every poison is parked with its reason',
    async () => {
      await broker.consumeDead({ handle: async () => undefined });
      await round(POISON); // warms up what both ways need
      expect(await broker.dropParked({ ids: 'all' })).toBe(POISON);
      const ratios: number[] = [];
      const without: number[] = [];
      for (let n = 0; n < ROUNDS; n += 1) {
        // In turns, and the first one of a pair alternates: what else the machine does falls on both.
        const order = n % 2 === 0 ? [0, POISON] : [POISON, 0];
        const took = new Map<number, number>();
        for (const poison of order) took.set(poison, await round(poison));
        without.push(took.get(0) ?? 0);
        ratios.push((took.get(0) ?? 0) / (took.get(POISON) ?? 1));
      }
      const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
      const pace = Math.round((1_000 * HEALTHY) / median(without));
      process.stdout.write(
        `${HEALTHY} healthy messages a round, ${pace} /s without poison; with ${POISON} poison: ` +
          `${ratios.map((ratio) => ratio.toFixed(3)).join(' ')}, median ${median(ratios).toFixed(3)}\n`,
      );
      expect(median(ratios)).toBeGreaterThanOrEqual(LEAST_SHARE);
      const { total, messages } = await broker.listParked({ limit: 10_000 });
      expect(total).toBe(ROUNDS * POISON);
      const unreadable = messages.filter(({ reason }) => reason.startsWith('not JSON'));
      // A slot that was taken back at the wrong moment can count as a delivery, and the broker be faster than we are.
      const failed = messages.filter(({ reason }) =>
        /^(failed 1\d times; last: Error: a bug|delivery_limit)$/.test(reason),
      );
      expect([unreadable.length, failed.length]).toEqual([ROUNDS * UNREADABLE, total - ROUNDS * UNREADABLE]);
    },
    long ? 600_000 : 120_000,
  );
});
