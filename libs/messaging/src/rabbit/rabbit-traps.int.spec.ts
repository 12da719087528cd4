import { createLogger } from '@planwright/runtime';
import { serviceAddresses, startTcpProxy, testPrefix, throughProxy, waitFor } from '@planwright/testing';
import type { TcpProxy } from '@planwright/testing';
import { connect } from 'amqplib';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { startBlockingProxy } from '../../test/blocking-proxy.js';
import { gate, recording, runStart, runStarts } from '../broker.contract.js';
import { noCounts, ParkError, UnavailableError } from '../broker.js';
import type { Broker, Handle } from '../broker.js';
import { judge } from '../judge.js';
import { DELIVERY_LIMIT, QUEUES } from '../topology.js';
import { RabbitConnection } from './connection.js';
import { RabbitConsumer } from './consumer.js';
import { deleteTopology } from './declare.js';
import { createRabbitBroker } from './rabbit-broker.js';
import type { RabbitBrokerOptions } from './rabbit-broker.js';
import { Watchdog } from './watchdog.js';

const url = serviceAddresses().rabbitmq;
const log = createLogger('test', 'silent');
const queue = QUEUES.orchestrator;

/** What RabbitMQ and its clients are known to do to those who don't expect it; measured once, kept out since. */
describe('traps of RabbitMQ', () => {
  const { prefix } = testPrefix();
  const named = (name: string): string => `${prefix}.${name}`;
  let server: ChannelModel;
  let channel: ConfirmChannel;
  let proxy: TcpProxy;
  const brokers: Broker[] = [];
  const start = async (options: Partial<RabbitBrokerOptions> = {}): Promise<Broker> => {
    const broker = await createRabbitBroker({
      ...{ url, prefix, name: 'test', log, retryPause: { firstMs: 5, maxMs: 50 } },
      ...options,
    });
    brokers.push(broker);
    return broker;
  };
  const countOf = async (name: string): Promise<number> => (await channel.checkQueue(named(name))).messageCount;

  beforeEach(async () => {
    proxy = await startTcpProxy(url);
    server = await connect(url);
    channel = await server.createConfirmChannel();
    await deleteTopology(channel, prefix);
  });
  afterEach(async () => {
    await Promise.all(brokers.splice(0).map((broker) => broker.close({ graceMs: 100 })));
    await deleteTopology(channel, prefix);
    await server.close();
    await proxy.close();
  });

  describe('one consumer beside another', () => {
    const counters = noCounts();
    const connection = new RabbitConnection({ url, purpose: 'test', name: 'test', log });
    const open: RabbitConsumer[] = [];
    /** A consumer whose channel, and the tag of whose consumption, the test can reach. */
    const consumer = (handle: Handle) => {
      const reached: { channel: Channel; tag: string }[] = [];
      const one = new RabbitConsumer({
        label: queue,
        prepare: async (own) => {
          const consume = own.consume.bind(own);
          own.consume = async (...args) => {
            const answer = await consume(...args);
            reached.push({ channel: own, tag: answer.consumerTag });
            return answer;
          };
          return named(queue);
        },
        prefetch: 1,
        judge: ({ content }, delivery, patience) => judge(content, delivery, handle, patience),
        park: async () => undefined,
        onFailure: 'retry',
        retryPause: { firstMs: 5, maxMs: 50 },
        ...{ connection, counters, log },
      });
      open.push(one);
      return { one, reached };
    };
    beforeAll(() => connection.open(5_000));
    afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.close()))));
    afterAll(() => connection.close());

    it('an error of one channel disturbs no other consumer of the connection', async () => {
      const broker = await start();
      const doors = [gate(), gate()];
      const held = recording(() => doors[0]?.passed);
      const a = consumer(held.handle);
      await a.one.ready(5_000);
      await broker.publish([runStart()]);
      await waitFor(() => held.seen.length === 1, { what: 'a message in work' });
      const b = consumer(recording().handle);
      await b.one.ready(5_000);
      const model = await connection.model();
      const before = counters.reattached;
      // Nobody delivered this tag: 406, and the server closes the channel.
      b.reached[0]?.channel.ackAll();
      b.reached[0]?.channel.ack({ fields: { deliveryTag: 999 } } as never);
      await waitFor(() => counters.reattached === before + 1, { what: 'its consumer to be attached again' });
      expect(await connection.model()).toBe(model);
      expect(a.reached).toHaveLength(1);
      doors[0]?.open();
      await waitFor(async () => counters.handled === 1 && (await countOf(queue)) === 0, { what: 'the other one' });
      expect(counters.staleSettles).toBe(0);
    });

    it('one that the server forgot without a word is found by the watchdog and serves again', async () => {
      const broker = await start();
      const { seen, handle } = recording();
      const { one, reached } = consumer(handle);
      await one.ready(5_000);
      await reached[0]?.channel.cancel(reached[0].tag);
      const sent = runStart();
      await broker.publish([sent]);
      expect(one.queue).toBe(named(queue));
      expect(one.trouble).toBeNull();
      const watchdog = new Watchdog(connection, new Set([one]), 50, log);
      await waitFor(() => seen.includes(sent.id), { what: 'the message' });
      await watchdog.close();
      expect(reached.length).toBeGreaterThan(1);
    });
  });

  it('what waits for the database is not tried on after its connection broke, and its copy is', async () => {
    const broker = await start({ url: throughProxy(url, proxy), retryPause: { firstMs: 60_000, maxMs: 60_000 } });
    const { seen, deliveries, handle } = recording((_message, delivery) => {
      if (delivery.deliveries === 1) throw new UnavailableError('the database is away');
    });
    await broker.consume({ queue, prefetch: 1, handle });
    await broker.publish([runStart()]);
    await waitFor(() => seen.length === 1, { what: 'the first try' });
    proxy.cut();
    await waitFor(() => broker.counters.handled === 1, { what: 'the copy to be handled' });
    expect(deliveries.map((each) => each.deliveries)).toEqual([1, 2]);
    await waitFor(() => broker.counters.staleSettles === 1, { what: 'the first delivery to be given up' });
    expect(broker.counters).toMatchObject({ unavailable: 1, handled: 1 });
  });

  it('good messages pass although ten times as many bad ones pause as there are slots', async () => {
    const broker = await start({ retryPause: { firstMs: 60_000, maxMs: 60_000 } });
    const bad = new Set(runStarts(20).map(({ id }) => id));
    const handled: string[] = [];
    await broker.consume({
      queue,
      prefetch: 2,
      handle: async ({ id }) => {
        if (bad.has(id)) throw new Error('poison');
        handled.push(id);
      },
    });
    const good = runStarts(100);
    await broker.publish([...[...bad].map((id) => runStart(id)), ...good]);
    await waitFor(() => handled.length === good.length, { what: 'every good message', timeoutMs: 20_000 });
    expect(broker.counters.requeued).toBe(20);
  });

  it('what the broker itself gave up on passes the handler, once', async () => {
    const broker = await start();
    const taken: string[] = [];
    await broker.consumeDead({ handle: async ({ parked }) => void taken.push(parked.reason) });
    await broker.publish([runStart()]);
    for (let death = 0; death <= DELIVERY_LIMIT; death += 1) {
      const worker = await server.createChannel();
      await waitFor(() => worker.get(named(queue)), { what: `delivery ${death + 1}` });
      await worker.close();
    }
    await waitFor(() => broker.counters.deadLetters === 1, { what: 'the dead letter' });
    expect(taken).toEqual(['delivery_limit']);
    expect((await broker.listParked()).total).toBe(1);
  });

  it('a dead letter that killed its processes again and again is parked without another try', async () => {
    const broker = await start();
    const properties = { persistent: true, headers: { 'x-pw-reason': 'no' } };
    channel.sendToQueue(named(QUEUES.dead), Buffer.from(JSON.stringify(runStart())), properties);
    await channel.waitForConfirms();
    for (let death = 0; death <= DELIVERY_LIMIT; death += 1) {
      const worker = await server.createChannel();
      await waitFor(() => worker.get(named(QUEUES.dead)), { what: `delivery ${death + 1}` });
      await worker.close();
    }
    let tries = 0;
    await broker.consumeDead({ handle: async () => void (tries += 1) });
    await waitFor(() => broker.counters.deadLetters === 1, { what: 'it to be parked' });
    expect(tries).toBe(0);
    expect((await broker.listParked()).messages).toMatchObject([{ reason: 'no' }]);
  });

  it('a cut between parking a dead letter and acknowledging it makes a second copy, never none', async () => {
    const broker = await start({ url: throughProxy(url, proxy) });
    const doors = [gate(), gate()];
    let tries = 0;
    await broker.consumeDead({ handle: async () => doors[tries++]?.passed });
    await broker.consume({ queue, prefetch: 1, handle: () => Promise.reject(new ParkError('no')) });
    const sent = runStart();
    await broker.publish([sent]);
    await waitFor(() => tries === 1, { what: 'the dead letter' });
    proxy.cut();
    await waitFor(() => tries === 2, { what: 'its copy' });
    doors[0]?.open();
    await waitFor(() => broker.counters.deadLetters === 1, { what: 'the first one to be parked' });
    doors[1]?.open();
    await waitFor(() => broker.counters.deadLetters === 2, { what: 'the copy to be parked' });
    const { messages } = await broker.listParked();
    expect(messages.map(({ handle }) => handle)).toEqual([sent.id, sent.id]);
    expect(await countOf(QUEUES.dead)).toBe(0);
    expect(await broker.dropParked({ ids: [sent.id] })).toBe(2);
  });

  it('parks a message whose headers are larger than a client can encode, and replays it', async () => {
    const broker = await start();
    await broker.consumeDead({ handle: async () => undefined });
    const sent = runStart();
    const consumer = await broker.consume({ queue, prefetch: 1, handle: () => Promise.reject(new ParkError('no')) });
    const body = Buffer.from(JSON.stringify(sent));
    const headers = { junk: 'x'.repeat(60_000) };
    channel.sendToQueue(named(queue), body, { messageId: 'm'.repeat(255), type: 't'.repeat(255), headers });
    channel.sendToQueue(named(queue), Buffer.from('?'), { headers });
    await waitFor(() => broker.counters.deadLetters === 2, { what: 'both to be parked' });
    await consumer.close();
    expect(await broker.replayParked()).toMatchObject({
      replayed: 1,
      notReplayable: [{ id: 'sha256:8a8de823d5ed3e12' }],
    });
    const { seen, handle } = recording();
    await broker.consume({ queue, prefetch: 1, handle });
    await waitFor(() => seen.length === 1, { what: 'the message' });
    expect(seen).toEqual([sent.id]);
  });

  it('leaves parked messages in their order, whoever looks, replays or drops', async () => {
    const broker = await start();
    const sent = runStarts(2_500);
    for (const { id } of sent) channel.sendToQueue(named(QUEUES.parked), Buffer.from('?'), { messageId: id });
    await channel.waitForConfirms();
    await broker.listParked({ limit: 1_200 });
    expect(await broker.dropParked({ ids: sent.filter((_each, i) => i % 2 === 1).map(({ id }) => id) })).toBe(1_250);
    await broker.replayParked({ ids: ['nobody'] });
    // What was dropped did not come back either.
    expect((await broker.listParked()).total).toBe(1_250);
    const left: unknown[] = [];
    for (let next = await channel.get(named(QUEUES.parked)); next; next = await channel.get(named(QUEUES.parked)))
      left.push(next.properties.messageId);
    expect(left).toEqual(sent.filter((_each, i) => i % 2 === 0).map(({ id }) => id));
  });

  it('while the server blocks publishers they fail in time and say why, and consumers go on acknowledging', async () => {
    const blocking = await startBlockingProxy(url);
    const broker = await start({ url: blocking.url, connectWaitMs: 200 });
    const { seen, handle } = recording();
    await broker.publish(runStarts(20));
    blocking.block('low on memory');
    await waitFor(
      () =>
        broker.health().then(
          () => false,
          (error: Error) => error.message.includes('low on memory'),
        ),
      {
        what: 'health to tell of it',
      },
    );
    await expect(broker.publish([runStart()])).rejects.toThrow(
      /waiting for RabbitMQ to take messages again took longer than 200 ms/,
    );
    await broker.consume({ queue, prefetch: 5, handle });
    await waitFor(() => broker.counters.handled === 20, { what: 'the messages that were there' });
    await waitFor(async () => (await countOf(queue)) === 0, { what: 'the queue to be empty' });
    const waiting = broker.publish([runStart()]).then(
      () => 'published',
      () => 'failed',
    );
    blocking.unblock();
    expect(await waiting).toBe('published');
    await waitFor(() => seen.length === 21, { what: 'the message' });
    await broker.health();
    await broker.close({ graceMs: 100 });
    await blocking.close();
  });
});
