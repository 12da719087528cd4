import { setTimeout as sleep } from 'node:timers/promises';
import { makeMessage, MAX_MESSAGE_BYTES } from '@planwright/contracts';
import type { AnyMessage, MessageName } from '@planwright/contracts';
import { newId, nowIso } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import { ParkError, PublishError } from './broker.js';
import type { Broker, DeadLetter, Delivery, Handle } from './broker.js';
import { DELIVERY_LIMIT, QUEUES } from './topology.js';
import type { WorkQueue } from './topology.js';

/** What the suite needs of a broker besides its interface. */
export interface BrokerUnderTest {
  broker: Broker;
  /** Another process on the same broker; the in-process broker has none and gives itself. */
  other: Broker;
  /** Puts bytes into a work queue as a foreign publisher could. */
  inject(queue: WorkQueue, body: Buffer): Promise<void>;
  close(): Promise<void>;
}

export function message<N extends MessageName>(
  name: N,
  payload: Parameters<typeof makeMessage<N>>[1],
  id = newId(),
): Extract<AnyMessage, { name: N }> {
  return makeMessage(name, payload, {
    id,
    occurred_at: nowIso(),
    workspace_id: newId(),
    run_id: null,
    causation_id: null,
    traceparent: null,
  });
}

export function runStart(id?: string): AnyMessage {
  return message('run.start', { run_id: newId() }, id);
}

export function runStarts(count: number): AnyMessage[] {
  return Array.from({ length: count }, () => runStart());
}

/** A consumer that writes down what it gets and then does as told. */
export function recording(then: (message: AnyMessage, delivery: Delivery) => Promise<void> | void = () => undefined): {
  seen: string[];
  deliveries: Delivery[];
  handle: Handle;
} {
  const seen: string[] = [];
  const deliveries: Delivery[] = [];
  const handle = async (received: AnyMessage, delivery: Delivery): Promise<void> => {
    seen.push(received.id);
    deliveries.push(delivery);
    await then(received, delivery);
  };
  return { seen, deliveries, handle };
}

/** A door that handlers wait at. */
export function gate(): { passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

const ids = (messages: readonly AnyMessage[]): string[] => messages.map(({ id }) => id);
const queue = QUEUES.orchestrator;

/** What both brokers promise. The pause before a redelivery has to be short in the broker under test. */
export function brokerContract(name: string, start: () => Promise<BrokerUnderTest>): void {
  describe(`${name}: the broker's contract`, () => {
    let test: BrokerUnderTest;
    let broker: Broker;
    let dead: DeadLetter[];
    beforeEach(async () => {
      test = await start();
      broker = test.broker;
      dead = [];
      await broker.consumeDead({ handle: async (letter) => void dead.push(letter) });
    });
    afterEach(() => test.close());

    it('delivers what was published, unchanged and in order', async () => {
      const received: AnyMessage[] = [];
      await broker.consume({ queue, prefetch: 1, handle: async (each) => void received.push(each) });
      const sent = runStarts(50);
      await broker.publish(sent);
      await waitFor(() => received.length === sent.length, { what: 'all messages' });
      expect(received).toEqual(sent);
    });

    it('keeps what is published before anybody consumes', async () => {
      const sent = runStarts(3);
      await broker.publish(sent);
      const { seen, handle, deliveries } = recording();
      await broker.consume({ queue, prefetch: 10, handle });
      await waitFor(() => seen.length === 3, { what: 'all messages' });
      expect(seen).toEqual(ids(sent));
      expect(deliveries[0]).toEqual({ queue, redelivered: false, deliveries: 1 });
    });

    it('publishes nothing when there is nothing to publish', () => expect(broker.publish([])).resolves.toBeUndefined());

    it('gives each message to one of two consumers', async () => {
      const one = recording();
      const two = recording();
      await broker.consume({ queue, prefetch: 1, handle: one.handle });
      await test.other.consume({ queue, prefetch: 1, handle: two.handle });
      const sent = runStarts(20);
      await broker.publish(sent);
      await waitFor(() => one.seen.length + two.seen.length === 20, { what: 'all messages' });
      expect([...one.seen, ...two.seen].sort()).toEqual(ids(sent).sort());
      expect(one.seen.length).toBeGreaterThan(0);
      expect(two.seen.length).toBeGreaterThan(0);
    });

    it('has at most `prefetch` messages in work', async () => {
      const door = gate();
      const { seen, handle } = recording(() => door.passed);
      await broker.consume({ queue, prefetch: 3, handle });
      await broker.publish(runStarts(5));
      await waitFor(() => seen.length === 3, { what: 'three in work' });
      // A second consumer gets the rest, which proves that the first one was not given it.
      const rest = recording();
      await test.other.consume({ queue, prefetch: 5, handle: rest.handle });
      await waitFor(() => rest.seen.length === 2, { what: 'the other two' });
      expect(seen).toHaveLength(3);
      door.open();
    });

    it('delivers again, and says so, when a handler throws', async () => {
      const { seen, deliveries, handle } = recording((_message, delivery) => {
        if (delivery.deliveries < 3) throw new Error('the database is away');
      });
      await broker.consume({ queue, prefetch: 1, handle });
      const sent = runStart();
      await broker.publish([sent]);
      await waitFor(() => broker.counters.handled === 1, { what: 'the message to be handled' });
      expect(seen).toEqual([sent.id, sent.id, sent.id]);
      expect(deliveries.map(({ redelivered }) => redelivered)).toEqual([false, true, true]);
      expect(deliveries.map((each) => each.deliveries)).toEqual([1, 2, 3]);
      expect(broker.counters.requeued).toBe(2);
    });

    it('lets good messages pass while bad ones pause, even when those would fill the prefetch', async () => {
      const bad = runStarts(2);
      const good = runStarts(20);
      const handled: string[] = [];
      const handle = async ({ id }: AnyMessage): Promise<void> => {
        if (ids(bad).includes(id)) throw new Error('poison');
        handled.push(id);
      };
      await broker.consume({ queue, prefetch: 2, handle });
      await broker.publish([...bad, ...good]);
      await waitFor(() => handled.length === good.length, { what: 'the good messages' });
      expect(handled.sort()).toEqual(ids(good).sort());
      await waitFor(() => broker.counters.deadLetters === 2, { what: 'the bad messages to be parked' });
    });

    it('parks what its handler refuses for good, with the reason', async () => {
      const { seen, handle } = recording(({ id }) => {
        if (id === refused.id) throw new ParkError('the run is of another installation');
      });
      const refused = runStart();
      const next = runStart();
      await broker.consume({ queue, prefetch: 1, handle });
      await broker.publish([refused, next]);
      await waitFor(() => broker.counters.handled + broker.counters.deadLetters === 2, { what: 'both messages' });
      expect(seen).toEqual([refused.id, next.id]);
      const { total, messages } = await broker.listParked();
      expect(total).toBe(1);
      expect(messages[0]).toMatchObject({ reason: 'the run is of another installation', queue });
      expect(JSON.parse(Buffer.from(messages[0]?.body ?? []).toString())).toEqual(refused);
      expect(Date.parse(messages[0]?.parkedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    });

    it(`parks a message that failed on its first delivery and on ${DELIVERY_LIMIT} more`, async () => {
      const { seen, handle } = recording(() => Promise.reject(new Error('it always fails')));
      await broker.consume({ queue, prefetch: 1, handle });
      await broker.publish([runStart()]);
      await waitFor(async () => (await broker.listParked()).total === 1, { what: 'the message to be parked' });
      expect(seen).toHaveLength(DELIVERY_LIMIT + 1);
      const { messages } = await broker.listParked();
      expect(messages[0]?.reason).toBe('failed 11 times; last: Error: it always fails');
    });

    it('lists parked messages without taking them', async () => {
      await broker.consume({ queue, prefetch: 1, handle: () => Promise.reject(new ParkError('no')) });
      await broker.publish(runStarts(3));
      await waitFor(() => broker.counters.deadLetters === 3, { what: 'three parked messages' });
      const ofThree = await broker.listParked();
      expect(ofThree.messages).toHaveLength(3);
      expect((await broker.listParked({ limit: 2 })).messages).toHaveLength(2);
      expect(await broker.listParked()).toEqual(ofThree);
    });

    it('hands what was parked to the handler of dead letters, readable or not', async () => {
      const refused = runStart();
      await broker.consume({ queue, prefetch: 1, handle: () => Promise.reject(new ParkError('no')) });
      await broker.publish([refused]);
      await test.inject(queue, Buffer.from('?'));
      await waitFor(() => broker.counters.deadLetters === 2, { what: 'both dead letters' });
      const { messages } = await broker.listParked();
      expect(dead.map(({ message }) => message)).toEqual([refused, null]);
      expect(dead.map(({ parked }) => ({ ...parked, body: Buffer.from(parked.body) }))).toEqual(
        messages.map((parked) => ({ ...parked, body: Buffer.from(parked.body) })),
      );
      expect(messages.map(({ handle }) => handle)).toEqual([
        expect.stringMatching(/^(sha256:[0-9a-f]{16}|[0-9a-f-]{36})$/),
        'sha256:8a8de823d5ed3e12',
      ]);
    });

    const valid = JSON.stringify(runStart());
    const changed = (change: object): string => JSON.stringify({ ...(JSON.parse(valid) as object), ...change });
    it.each<[string, Buffer | string, RegExp]>([
      ['an empty body', '', /^empty body$/],
      ['text that is not JSON', '{"name": "run.start"', /^not JSON: /],
      ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe, 0x00]), /^not JSON: /],
      ['null', 'null', /^unknown message name/],
      ['a list', '[]', /^unknown message name/],
      ['no name', changed({ name: undefined }), /^unknown message name/],
      ['an unknown name', changed({ name: 'run.teleport' }), /^unknown message name "run.teleport"$/],
      ['a future version', changed({ version: 2 }), /^run.start version 2; this release reads version 1$/],
      [
        'a wrong schema',
        changed({ payload: { run_id: 'seven' } }),
        /^run.start breaks its schema at \/payload\/run_id: /,
      ],
      ['a broken envelope', changed({ id: 7 }), /^run.start breaks its schema at \/id: /],
      ['256 KiB and one byte', valid.padEnd(MAX_MESSAGE_BYTES + 1), /^262145 bytes; the limit is 262144$/],
    ])('parks %s and goes on', async (_what, body, reason) => {
      const { seen, handle } = recording();
      await broker.consume({ queue, prefetch: 1, handle });
      await test.inject(queue, Buffer.from(body));
      const next = runStart();
      await broker.publish([next]);
      await waitFor(() => seen.length === 1, { what: 'the message behind it' });
      expect(seen).toEqual([next.id]);
      await waitFor(() => broker.counters.deadLetters === 1, { what: 'the message to be parked' });
      const { messages } = await broker.listParked();
      expect(messages).toHaveLength(1);
      expect(messages[0]?.reason).toMatch(reason);
      expect(Buffer.from(messages[0]?.body ?? []).equals(Buffer.from(body))).toBe(true);
    });

    it('accepts exactly 256 KiB', async () => {
      const { seen, handle } = recording();
      await broker.consume({ queue, prefetch: 1, handle });
      await test.inject(queue, Buffer.from(valid.padEnd(MAX_MESSAGE_BYTES)));
      await waitFor(() => seen.length === 1, { what: 'the message' });
    });

    it('refuses to publish what nobody can take, names it, and publishes the rest', async () => {
      const lost = runStart();
      Object.assign(lost, { name: 'step.generate', payload: { class: 'nobody' } });
      const tooLarge = message('step.cancelled', {
        ...{ run_id: newId(), step_id: newId(), attempt: 1, usage: null },
        draft: 'x'.repeat(MAX_MESSAGE_BYTES),
      });
      const fine = runStart();
      const error: unknown = await broker.publish([lost, tooLarge, fine]).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PublishError);
      const failures = new Map((error as PublishError).failures.map(({ id, reason }) => [id, reason]));
      expect([...failures.keys()].sort()).toEqual([lost.id, tooLarge.id].sort());
      expect(failures.get(lost.id)).toMatch(/^unroutable, .*step\.generate\.nobody/);
      expect(failures.get(tooLarge.id)).toMatch(/^step.cancelled has \d+ bytes; the limit is 262144$/);
      const { seen, handle } = recording();
      await broker.consume({ queue, prefetch: 1, handle });
      await waitFor(() => seen.length === 1, { what: 'the rest' });
      expect(seen).toEqual([fine.id]);
    });

    it('gives a broadcast to every subscriber whose keys fit, and to none else', async () => {
      const one = recording();
      const two = recording();
      const none = recording();
      await broker.subscribe({ keys: ['step.cancel'], handle: one.handle });
      await test.other.subscribe({ keys: ['run.#', 'step.*'], handle: two.handle });
      await broker.subscribe({ keys: ['project.changed', 'step'], handle: none.handle });
      const cancel = message('step.cancel', { run_id: newId(), steps: [] });
      const changed = message('project.changed', { project_id: newId(), n: 1, type: 'run.started' });
      await broker.publish([cancel, changed]);
      await waitFor(() => one.seen.length + two.seen.length + none.seen.length === 3, { what: 'three copies' });
      expect([one.seen, two.seen, none.seen]).toEqual([[cancel.id], [cancel.id], [changed.id]]);
      expect(one.deliveries[0]).toEqual({ queue: 'subscription', redelivered: false, deliveries: 1 });
    });

    it('publishes a broadcast nobody listens to', () =>
      expect(broker.publish([message('step.cancel', { run_id: newId(), steps: [] })])).resolves.toBeUndefined());

    it('drops a broadcast whose handler throws and goes on', async () => {
      const { seen, handle } = recording(() => Promise.reject(new Error('no')));
      await broker.subscribe({ keys: ['step.cancel'], handle });
      const cancels = [1, 2].map(() => message('step.cancel', { run_id: newId(), steps: [] }));
      await broker.publish(cancels);
      await waitFor(() => broker.counters.dropped === 2, { what: 'both' });
      expect(seen.sort()).toEqual(ids(cancels).sort());
      expect((await broker.listParked()).total).toBe(0);
    });

    it('loses nothing and repeats nothing when a consumer closes while messages are in work', async () => {
      const handled: string[] = [];
      const slow = async ({ id }: AnyMessage): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        handled.push(id);
      };
      const first = await broker.consume({ queue, prefetch: 5, handle: slow });
      const sent = runStarts(100);
      await broker.publish(sent);
      await waitFor(() => handled.length > 10, { what: 'some to be handled' });
      await first.close({ graceMs: 5_000 });
      const atClose = handled.length;
      expect(atClose).toBeLessThan(100);
      await test.other.consume({ queue, prefetch: 5, handle: slow });
      await waitFor(() => handled.length === 100, { what: 'the rest' });
      expect(handled.sort()).toEqual(ids(sent).sort());
      expect(broker.counters.staleSettles).toBe(0);
    });

    it('closes a consumer only when what is in work is done', async () => {
      const door = gate();
      const { seen, handle } = recording(() => door.passed);
      const consumer = await broker.consume({ queue, prefetch: 1, handle });
      await broker.publish([runStart()]);
      await waitFor(() => seen.length === 1, { what: 'the message in work' });
      const closed = consumer.close({ graceMs: 60_000 }).then(() => 'closed');
      const first = await Promise.race([closed, sleep(300, 'in work')]);
      door.open();
      await closed;
      expect([first, broker.counters.handled, broker.counters.staleSettles]).toEqual(['in work', 1, 0]);
    });

    it('gives what is not finished within the grace to another consumer', async () => {
      const door = gate();
      const stuck = recording(() => door.passed);
      const first = await broker.consume({ queue, prefetch: 1, handle: stuck.handle });
      const sent = runStart();
      await broker.publish([sent]);
      await waitFor(() => stuck.seen.length === 1, { what: 'the message in work' });
      await first.close({ graceMs: 20 });
      const next = recording();
      await test.other.consume({ queue, prefetch: 1, handle: next.handle });
      await waitFor(() => next.seen.length === 1, { what: 'the redelivery' });
      expect(next.deliveries[0]).toMatchObject({ redelivered: true, deliveries: 2 });
      door.open();
      await waitFor(() => broker.counters.staleSettles === 1, { what: 'the late end to be refused' });
    });

    it('lets handlers publish while it closes, and is unhealthy and mute after that', async () => {
      await broker.health();
      const door = gate();
      const { seen, handle } = recording(async () => {
        await door.passed;
        await broker.publish([message('step.lost', { run_id: newId(), step_id: newId(), attempt: 1 })]);
      });
      await broker.consume({ queue: QUEUES.generatorInteractive, prefetch: 1, handle });
      await test.inject(QUEUES.generatorInteractive, Buffer.from(valid));
      await waitFor(() => seen.length === 1, { what: 'the message in work' });
      const closed = broker.close({ graceMs: 5_000 });
      door.open();
      await closed;
      expect(broker.counters).toMatchObject({ published: 1, handled: 1, requeued: 0 });
      await expect(broker.health()).rejects.toThrow();
      await expect(broker.publish([runStart()])).rejects.toThrow(PublishError);
      await expect(broker.consume({ queue, prefetch: 1, handle })).rejects.toThrow('the broker is closed');
    });
  });
}
