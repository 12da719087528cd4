import type { AnyMessage } from '@planwright/contracts';
import { createLogger, newId } from '@planwright/runtime';
import { ownServices, startTcpProxy, throughProxy, waitFor } from '@planwright/testing';
import type { OwnServices, TcpProxy } from '@planwright/testing';
import { message, recording, runStart } from '../broker.contract.js';
import type { Broker } from '../broker.js';
import { QUEUES } from '../topology.js';
import { createRabbitBroker } from './rabbit-broker.js';

const RESTARTS = process.env['TEST_LONG'] ? 50 : 1;
const ATTACHED_WITHIN_MS = 30_000;

describe('RabbitMQ, restarted', () => {
  let own: OwnServices;
  let proxy: TcpProxy;
  let broker: Broker;
  beforeAll(async () => {
    own = await ownServices({ durable: true });
    proxy = await startTcpProxy(() => own.rabbitmq.url);
    const url = throughProxy(own.rabbitmq.url, proxy);
    broker = await createRabbitBroker({ url, name: 'test', log: createLogger('test', 'silent') });
  }, 120_000);
  afterAll(async () => {
    await broker?.close({ graceMs: 100 });
    await proxy?.close();
    await own?.stop();
  }, 60_000);

  const healthy = (): Promise<boolean> =>
    broker.health().then(
      () => true,
      () => false,
    );

  it(
    `is served again after each of ${RESTARTS} restarts, and health tells the truth`,
    async () => {
      const queues = [QUEUES.orchestrator, QUEUES.generatorInteractive];
      const work = recording();
      const letters = recording();
      const broadcasts = recording();
      for (const queue of queues) await broker.consume({ queue, prefetch: 2, handle: work.handle });
      await broker.consumeDead({ handle: async ({ parked }) => letters.handle(runStart(parked.handle), never) });
      await broker.subscribe({ keys: ['step.cancel'], handle: broadcasts.handle });
      const servedMs: number[] = [];
      for (let n = 0; n < RESTARTS; n += 1) {
        await own.rabbitmq[n % 2 === 0 ? 'kill' : 'shutDown']();
        await waitFor(async () => !(await healthy()), { what: `health to fail, restart ${n + 1}` });
        let answers = false;
        let lie = false;
        const watching = (async () => {
          while (!answers) {
            lie ||= await healthy();
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        })();
        // Until its port is open nobody can be attached.
        const starting = own.rabbitmq.start();
        await starting.finally(() => (answers = true));
        await watching;
        const startedAt = Date.now();
        await waitFor(healthy, { what: `health, restart ${n + 1}`, timeoutMs: ATTACHED_WITHIN_MS });
        servedMs.push(Date.now() - startedAt);
        // What health says has to be so: every consumer gets its message at the first try.
        const sent: AnyMessage[] = [runStart(), message('step.cancel', { run_id: newId(), steps: [] })];
        await broker.publish(sent);
        await waitFor(() => work.seen.includes(sent[0]?.id ?? ''), { what: 'the message' });
        await waitFor(() => broadcasts.seen.includes(sent[1]?.id ?? ''), { what: 'the broadcast' });
        const states = await broker.queueStates();
        expect(queues.map((queue) => states[queue].consumers)).toEqual([1, 1]);
        expect(lie).toBe(false);
      }
      expect(broker.counters.reattached).toBeGreaterThanOrEqual(4 * RESTARTS);
      expect(work.seen).toHaveLength(RESTARTS);
      const sorted = servedMs.toSorted((a, b) => a - b);
      process.stdout.write(
        `${RESTARTS} restarts; all consumers attached after the server answered: ` +
          `median ${sorted[sorted.length >> 1]} ms, longest ${sorted.at(-1)} ms\n`,
      );
    },
    60_000 + RESTARTS * 45_000,
  );
});

const never = { queue: '', redelivered: false, deliveries: 1 };
