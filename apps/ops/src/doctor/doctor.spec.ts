import { BootError } from '@planwright/runtime';
import { QUEUES, WORK_QUEUES } from '@planwright/messaging';
import { looked } from './check.js';
import { outboxCheck, rightsCheck } from './postgres.js';
import { queueChecks } from './rabbitmq.js';
import type { QueueCount } from '../count-queues.js';
import { infoCheck, slotsCheck } from './redis.js';
import { doctorReport } from './report.js';

describe('the outbox', () => {
  it.each([
    [0, null, 'ok', 'empty'],
    [3, 1_234, 'ok', '3 waiting, the oldest for 1.2 s'],
    [1, 60_000, 'bad', '1 waiting, the oldest for 60.0 s'],
  ])('of %d messages, %s ms old, is %s', (messages, oldestMs, status, detail) => {
    expect(outboxCheck({ messages, oldestMs })).toMatchObject({ status, detail });
  });
});

describe('rights', () => {
  const rights = (role: 'planwright_app' | 'planwright_webhooks', taken: boolean) => ({
    user: 'ada',
    role,
    taken,
    had: true,
  });

  it('are well where each role can be taken', () => {
    const all = [rights('planwright_app', true), rights('planwright_webhooks', true)];
    expect(rightsCheck(all)).toMatchObject({ status: 'ok', detail: '"ada" may act as every role' });
  });

  it('that are missing are worth knowing, with what to run', () => {
    const some = [rights('planwright_app', true), rights('planwright_webhooks', false)];
    expect(rightsCheck(some)).toMatchObject({
      status: 'note',
      detail: '"ada" may not act as planwright_webhooks',
      advice: expect.stringContaining('GRANT planwright_webhooks TO "ada";'),
    });
  });
});

describe('queues', () => {
  const all = [...WORK_QUEUES, QUEUES.dead, QUEUES.parked];
  const counts = (more: Partial<Record<string, QueueCount | null>> = {}) =>
    new Map(all.map((queue) => [queue, more[queue] === undefined ? { messages: 0, consumers: 2 } : more[queue]]));
  const troubles = (more: Parameters<typeof counts>[0]) =>
    queueChecks('pw', counts(more)).filter(({ status }) => status === 'bad');

  it('are well with consumers, and the parked one without', () => {
    expect(troubles({ [QUEUES.parked]: { messages: 0, consumers: 0 } })).toEqual([]);
  });

  it('that are all missing mean another prefix', () => {
    const none = Object.fromEntries(all.map((queue) => [queue, null]));
    expect(queueChecks('pw', counts(none))).toMatchObject([
      {
        name: 'queues',
        status: 'bad',
        detail: 'there are none of prefix "pw"',
        advice: expect.stringContaining('PREFIX'),
      },
    ]);
  });

  it.each([
    [QUEUES.generatorFeatures, QUEUES.generatorFeatures, 'features in its GENERATOR_QUEUES'],
    [QUEUES.generatorInteractive, QUEUES.generatorInteractive, 'interactive in its GENERATOR_QUEUES'],
    [QUEUES.orchestrator, QUEUES.orchestrator, 'Start an orchestrator'],
    [QUEUES.dead, 'dead letters', 'Start an orchestrator'],
  ])('%s without a consumer, or missing, needs one', (queue, name, advice) => {
    const found = { name, advice: expect.stringContaining(advice) };
    expect(troubles({ [queue]: { messages: 5, consumers: 0 } })).toMatchObject([
      { ...found, detail: '0 consumers, 5 waiting' },
    ]);
    expect(troubles({ [queue]: null })).toMatchObject([{ ...found, detail: 'is not there' }]);
  });

  it('with parked messages ask for a person', () => {
    expect(troubles({ [QUEUES.parked]: { messages: 2, consumers: 0 } })).toMatchObject([
      { name: 'parked', detail: '2 waiting for a person', advice: 'Look at them: npm run ops -- parked list.' },
    ]);
  });
});

describe('Redis', () => {
  const info = (fields: Record<string, string>): string =>
    ['# Server', ...Object.entries(fields).map(([name, value]) => `${name}:${value}`), ''].join('\r\n');

  it.each([
    ['7.0.15', '0', 'allkeys-lru', 'ok'],
    ['7.0.15', '1000000', 'noeviction', 'ok'],
    ['7.0.15', '1000000', 'allkeys-lru', 'note'],
    ['6.2.14', '0', 'noeviction', 'bad'],
  ])('%s with maxmemory %s and %s is %s', (redis_version, maxmemory, maxmemory_policy, status) => {
    const check = infoCheck(info({ redis_version, maxmemory, maxmemory_policy, aof_enabled: '0' }), 'cache:6379');
    expect(check).toMatchObject({ name: 'redis', status });
    expect(check.detail).toContain(`version ${redis_version}, maxmemory-policy ${maxmemory_policy}`);
    expect(check.detail).toContain('no append-only file, at cache:6379');
  });

  it.each([
    [null, 'bad', 'no generator has announced any'],
    [{ interactive: 16, background: 16, features: 0 }, 'bad', 'interactive 16, background 16, features 0'],
    [{ interactive: 16, background: 1, features: 4 }, 'ok', 'interactive 16, background 1, features 4'],
  ])('slots %j are %s', (slots, status, detail) => {
    expect(slotsCheck(slots)).toMatchObject({ name: 'slots', status, detail });
  });
});

describe('what cannot be looked at', () => {
  it('is bad, with the reason and what to do', async () => {
    const refused = new AggregateError([new Error('refused by ::1'), new Error('refused by 127.0.0.1')]);
    expect(await looked('redis', 'Start it.', () => Promise.reject(refused))).toEqual([
      { name: 'redis', status: 'bad', detail: 'refused by ::1; refused by 127.0.0.1', advice: 'Start it.' },
    ]);
  });

  it('says it in its own words where it has some', async () => {
    const error = new BootError('PostgreSQL is away: start it.');
    expect(await looked('postgresql', 'Start it.', () => Promise.reject(error))).toEqual([
      { name: 'postgresql', status: 'bad', detail: 'PostgreSQL is away: start it.' },
    ]);
  });
});

it('what does not answer is bad', async () => {
  const never = new Promise<never>(() => undefined);
  expect(await looked('rabbitmq', 'Look at it.', () => never, 10)).toEqual([
    { name: 'rabbitmq', status: 'bad', detail: 'no answer within 0.01 s', advice: 'Look at it.' },
  ]);
});

it('reports a line each, and what to do below', () => {
  expect(
    doctorReport([
      { name: 'postgresql', status: 'ok', detail: 'version 15.14' },
      { name: 'slots', status: 'bad', detail: 'none', advice: 'Start a generator.' },
      { name: 'redis', status: 'note', detail: 'evicts\nkeys', advice: 'Set noeviction.' },
    ]),
  ).toBe(`\
✓ postgresql  version 15.14
✗ slots       none
              → Start a generator.
! redis       evicts keys
              → Set noeviction.
`);
});
