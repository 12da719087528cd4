import type { AnyMessage } from '@planwright/contracts';
import { BootError, createLogger, newId } from '@planwright/runtime';
import { serviceAddresses, startTcpProxy, testPrefix, throughProxy, waitFor } from '@planwright/testing';
import type { TcpProxy } from '@planwright/testing';
import { connect } from 'amqplib';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { gate, message, recording, runStart, runStarts } from '../broker.contract.js';
import type { Broker } from '../broker.js';
import { PublishError } from '../broker.js';
import { DELIVERY_LIMIT, QUEUES } from '../topology.js';
import { RabbitConnection } from './connection.js';
import { deleteTopology } from './declare.js';
import { createRabbitBroker } from './rabbit-broker.js';
import type { RabbitBrokerOptions } from './rabbit-broker.js';
import { Watchdog } from './watchdog.js';

const url = serviceAddresses().rabbitmq;
const log = createLogger('test', 'silent');
const queue = QUEUES.orchestrator;

describe('RabbitMQ when things break', () => {
  const { prefix } = testPrefix();
  const named = (name: string): string => `${prefix}.${name}`;
  let server: ChannelModel;
  let channel: ConfirmChannel;
  let proxy: TcpProxy;
  const brokers: Broker[] = [];
  const start = async (options: Partial<RabbitBrokerOptions> = {}): Promise<Broker> => {
    const broker = await createRabbitBroker({
      ...{ url: throughProxy(url, proxy), prefix, name: 'test', log, retryPause: { firstMs: 5, maxMs: 50 } },
      ...options,
    });
    brokers.push(broker);
    return broker;
  };

  beforeEach(async () => {
    proxy = await startTcpProxy(url);
    server = await connect(url);
    channel = await server.createConfirmChannel();
    await deleteTopology(channel, prefix);
  });
  afterEach(async () => {
    proxy.resume();
    await Promise.all(brokers.splice(0).map((broker) => broker.close({ graceMs: 100 })));
    await deleteTopology(channel, prefix);
    await server.close();
    await proxy.close();
  });

  it('does not settle the redelivered copy when the connection broke under the handler', async () => {
    const broker = await start();
    const doors = [gate(), gate()];
    const { seen, deliveries, handle } = recording((_message, { deliveries }) => doors[deliveries - 1]?.passed);
    await broker.consume({ queue, prefetch: 1, handle });
    const sent = runStart();
    await broker.publish([sent]);
    await waitFor(() => seen.length === 1, { what: 'the first delivery' });
    proxy.cut();
    await waitFor(() => seen.length === 2, { what: 'the redelivery' });
    expect(deliveries[1]).toMatchObject({ redelivered: true, deliveries: 2 });

    doors[0]?.open();
    await waitFor(() => broker.counters.staleSettles === 1, { what: 'the late end to be refused' });
    // The copy is still unacknowledged: a second cut brings it back once more.
    doors.push(gate());
    doors[2]?.open();
    proxy.cut();
    await waitFor(() => seen.length === 3, { what: 'the message once more' });
    doors[1]?.open();
    await waitFor(() => broker.counters.handled >= 3, { what: 'all handlers to end' });
    await broker.close({ graceMs: 1_000 });
    expect((await channel.checkQueue(named(queue))).messageCount).toBe(0);
  });

  it('comes back after its queue was deleted, and so do the bindings', async () => {
    const broker = await start();
    const { seen, handle } = recording();
    await broker.consume({ queue, prefetch: 1, handle });
    const other = recording();
    await broker.subscribe({ keys: ['step.cancel'], handle: other.handle });
    await deleteTopology(channel, prefix);
    await waitFor(() => broker.counters.reattached >= 1, { what: 'the consumer to be attached again' });
    const sent = runStart();
    await waitFor(() => broker.publish([sent]).then(() => true), { what: 'a publish to succeed' });
    await waitFor(() => seen.includes(sent.id), { what: 'the message' });
    await waitFor(() => broker.health().then(() => true), { what: 'health' });
  });

  it('declares a missing queue when a message came back, so that the next try passes', async () => {
    const broker = await start();
    await channel.deleteQueue(named(QUEUES.generatorFeatures));
    await channel.deleteQueue(named(queue));
    await expect(broker.publish([runStart()])).rejects.toThrow(
      /1 of 1 messages not published; .*: unroutable, NO_ROUTE/,
    );
    await waitFor(() => broker.publish([runStart()]).then(() => true), { what: 'a publish to succeed' });
    await channel.checkQueue(named(QUEUES.generatorFeatures));
  });

  it('attaches a consumer anew that the server has forgotten', async () => {
    const connection = new RabbitConnection({ url, purpose: 'test', name: 'test', log });
    await connection.open(5_000);
    await channel.assertQueue(named('alone'), { durable: true });
    const reasons: string[] = [];
    const forgotten = { queue: named('alone'), reattach: async (reason: string) => void reasons.push(reason) };
    const missing = { ...forgotten, queue: named('missing') };
    const watchdog = new Watchdog(connection, new Set([forgotten, missing]), 20, log);
    await waitFor(() => new Set(reasons).size === 2, { what: 'both to be attached anew' });
    expect(reasons).toContain(`${named('alone')} has 0 consumers, 1 of them should be here`);
    await watchdog.close();
    await connection.close();
    await channel.deleteQueue(named('alone'));
  });

  it('leaves attached consumers alone', async () => {
    const broker = await start({ watchIntervalMs: 20 });
    const { seen, handle } = recording();
    await broker.consume({ queue, prefetch: 1, handle });
    await broker.subscribe({ keys: ['step.cancel'], handle });
    for (let round = 0; round < 20; round += 1) {
      await broker.publish([runStart(), message('step.cancel', { run_id: newId(), steps: [] })]);
      await waitFor(() => seen.length === 2 * (round + 1), { what: 'both messages' });
    }
    expect(broker.counters.reattached).toBe(0);
  });

  it('waits for a lost connection only so long, and publishes again when it is back', async () => {
    const broker = await start({ connectWaitMs: 200 });
    proxy.refuse();
    await waitFor(
      () =>
        broker.health().then(
          () => false,
          () => true,
        ),
      { what: 'health to fail' },
    );
    const startedAt = Date.now();
    await expect(broker.publish(runStarts(3))).rejects.toThrow(
      /^3 of 3 messages not published; .*: no channel to RabbitMQ/,
    );
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    proxy.resume();
    await waitFor(() => broker.publish([runStart()]).then(() => true), { what: 'a publish to succeed' });
    await broker.health();
  });

  it('rejects a publish that is cut before its confirm, and loses none that was confirmed', async () => {
    const broker = await start();
    const batches = Array.from({ length: 20 }, () => runStarts(50));
    const confirmed = new Set<string>();
    const publishing = batches.map(async (batch) => {
      const error: unknown = await broker.publish(batch).catch((reason: unknown) => reason);
      const failed = new Set(error instanceof PublishError ? error.failures.map(({ id }) => id) : []);
      for (const { id } of batch) if (!failed.has(id)) confirmed.add(id);
    });
    await waitFor(() => broker.counters.published > 0, { what: 'the first confirms' });
    proxy.cut();
    await Promise.all(publishing);
    const { seen, handle } = recording();
    await broker.consume({ queue, prefetch: 50, handle });
    await waitFor(() => [...confirmed].every((id) => seen.includes(id)), { what: 'every confirmed message' });
  });

  it('handles every message through a storm of cuts and failures', async () => {
    const [one, two] = [await start(), await start()];
    const sent = runStarts(600);
    const handled = new Set<string>();
    const handle = async ({ id }: AnyMessage): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      if (Math.random() < 0.02) throw new Error('one in fifty');
      handled.add(id);
    };
    await one.consume({ queue, prefetch: 4, handle });
    await two.consume({ queue, prefetch: 4, handle });
    const cutting = setInterval(() => proxy.cut(), 700);
    // What an outbox does: what was not confirmed is sent again.
    for (let open = sent; open.length > 0;) {
      const error: unknown = await one.publish(open.slice(0, 100)).catch((reason: unknown) => reason);
      const failed = new Set(error instanceof PublishError ? error.failures.map(({ id }) => id) : []);
      open = [...open.slice(100), ...open.slice(0, 100).filter(({ id }) => failed.has(id))];
    }
    await waitFor(() => handled.size === sent.length, { what: 'every message', timeoutMs: 20_000 });
    clearInterval(cutting);
    expect((await one.listParked()).total).toBe(0);
  });

  it('rejects when the network swallows everything', async () => {
    const broker = await start({ confirmTimeoutMs: 200 });
    proxy.pause();
    await expect(broker.publish([runStart()])).rejects.toThrow('the confirm of RabbitMQ took longer than 200 ms');
  });

  it('closes in time although the server is gone', async () => {
    const broker = await start();
    await broker.consume({ queue, prefetch: 1, handle: recording().handle });
    proxy.refuse();
    await waitFor(
      () =>
        broker.health().then(
          () => false,
          () => true,
        ),
      { what: 'health to fail' },
    );
    const startedAt = Date.now();
    await broker.close({ graceMs: 5_000 });
    expect(Date.now() - startedAt).toBeLessThan(15_000);
  });

  it('finds a message whose workers died with it again and again among the parked ones', async () => {
    const broker = await start();
    await broker.consumeDead({ handle: async () => undefined });
    const sent = runStart();
    await broker.publish([sent]);
    for (let death = 0; death <= DELIVERY_LIMIT; death += 1) {
      const worker = await server.createChannel();
      await waitFor(() => worker.get(named(queue)), { what: `delivery ${death + 1}` });
      await worker.close();
    }
    const parked = await waitFor(async () => (await broker.listParked()).messages[0], { what: 'the dead letter' });
    expect(parked).toMatchObject({ id: sent.id, name: 'run.start', queue, reason: 'delivery_limit' });
    expect((await channel.checkQueue(named(queue))).messageCount).toBe(0);
  });

  it('confirms a batch of 1,000', async () => {
    const broker = await start();
    await broker.publish(runStarts(1_000));
    expect(broker.counters.published).toBe(1_000);
    expect((await channel.checkQueue(named(queue))).messageCount).toBe(1_000);
  });

  it('says in one sentence that RabbitMQ does not answer, without the password', async () => {
    const error: unknown = await start({ url: 'amqp://me:hush@127.0.0.1:1', connectTimeoutMs: 100 }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(BootError);
    expect((error as Error).message).toMatch(
      /^RabbitMQ at amqp:\/\/127\.0\.0\.1:1 cannot be used \(connect ECONNREFUSED 127\.0\.0\.1:1\): start it or set RABBITMQ_URL\.$/,
    );
  });

  it('says at once that RabbitMQ refuses the password', async () => {
    const refused = new URL(url);
    refused.password = 'wrong';
    await expect(start({ url: refused.href })).rejects.toThrow(/ACCESS.REFUSED/);
  });

  it('says that a queue of this name is something else', async () => {
    await channel.assertQueue(named(queue), { durable: true });
    await expect(start()).rejects.toThrow(/that are not Planwright's own .*PRECONDITION_FAILED.*delete them/s);
  });
});
