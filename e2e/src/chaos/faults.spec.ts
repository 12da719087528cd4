import { planFaults } from './faults.js';
import { planOrders } from './customers.js';
import { seededRandom } from './random.js';

const settings = {
  seconds: 15,
  pauseMs: [500, 1_200],
  longestHoldMs: 6_000,
  processes: [
    { name: 'gateway-1', services: ['postgres', 'rabbitmq', 'redis'] },
    { name: 'generator-1', services: ['rabbitmq', 'redis'] },
    { name: 'generator-2', services: ['rabbitmq', 'redis'] },
  ],
} as const;

const plan = (seed: string, seconds = 15) => planFaults(seededRandom(seed), { ...settings, seconds });

test('a seed gives one plan, another seed another one', () => {
  expect(plan('a')).toEqual(plan('a'));
  expect(plan('a')).not.toEqual(plan('b'));
  const orders = (seed: string) => planOrders(seededRandom(seed), { runs: 12, seed: 'x' });
  expect(orders('a')).toEqual(orders('a'));
});

test('even a short plan has every kind of fault, and none comes before its time', () => {
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const faults = plan(seed);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(
      new Set(['kill', 'freeze', 'half-open', 'cut-process', 'cut-service', 'purge', 'flush', 'restart']),
    );
    expect(faults.every(({ afterMs }) => afterMs >= 500 && afterMs < 15_000)).toBe(true);
    // A broker must not be killed while its queues are new.
    for (const fault of faults) if (fault.kind === 'restart') expect(fault.afterMs).toBeGreaterThanOrEqual(3_000);
  }
});

test('a long plan restarts every service and strikes every process', () => {
  const faults = plan('a', 300);
  const restarts = faults.flatMap((fault) => (fault.kind === 'restart' ? [`${fault.service} ${fault.how}`] : []));
  expect(new Set(restarts).size).toBe(5);
  const struck = new Set(faults.flatMap((fault) => ('process' in fault ? [fault.process] : [])));
  expect(struck).toEqual(new Set(settings.processes.map(({ name }) => name)));
});
