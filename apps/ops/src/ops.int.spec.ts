import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { createRabbitBroker, deleteTopology, QUEUES, WORK_QUEUES } from '@planwright/messaging';
import { createRedisPresence } from '@planwright/presence';
import { createLogger, newId } from '@planwright/runtime';
import { deleteKeys, serviceAddresses, testDatabase } from '@planwright/testing';
import { newPrefix, openOps, withChannel } from '../test/ops-under-test.js';
import type { OpsUnderTest } from '../test/ops-under-test.js';

let test: OpsUnderTest;
let prefix: string;
beforeAll(async () => void (test = await openOps()));
afterAll(() => test.close());
beforeEach(() => void (prefix = newPrefix()));

const sql = <T>(text: string, parameters?: unknown[]): Promise<T[]> => test.sql<T>(text, parameters);
const ops = (command: string, env?: NodeJS.ProcessEnv) => test.ops(command, prefix, env);

describe('verify', () => {
  afterEach(() => sql('DELETE FROM outbox'));
  const plant = () =>
    sql(
      `INSERT INTO outbox (id, workspace_id, name, payload, created_at) VALUES ($1, $2, 'run.start', '{}', now() - interval '1 hour')`,
      [newId(), DEFAULT_WORKSPACE_ID],
    );

  it('0: all is well', async () => {
    const { code, out, err } = await ops('verify');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^✓ \\d+ invariants of \\S+/${test.name} hold for what is active .*\n$`));
    expect(JSON.parse((await ops('verify --all --json')).out)).toMatchObject({ findings: [] });
  });

  it('1: something was found', async () => {
    await plant();
    await plant();
    const { code, out } = await ops('verify --limit 1');
    expect(code).toBe(1);
    expect(out).toContain('✗ stuck · message_not_sent · 2');
    expect(out).toContain('and 1 more');
    const json = await ops('verify --json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ findings: [{ invariant: 'message_not_sent', count: 2 }] });
  });

  it('0: a warning', async () => {
    await sql(`INSERT INTO admission_turns (class, workspace_id, turn) VALUES ('features', $1, 1)`, [
      DEFAULT_WORKSPACE_ID,
    ]);
    const { code, out } = await ops('verify');
    await sql('DELETE FROM admission_turns');
    expect(code).toBe(0);
    expect(out).toContain('! orphaned · turn_without_steps · 1');
  });

  it('2: it cannot tell', async () => {
    const away = await ops('verify', { DATABASE_URL: 'postgres://ops:secret-password@127.0.0.1:1/planwright' });
    expect(away).toEqual({
      code: 2,
      out: '',
      err: "ops: PostgreSQL at 127.0.0.1:1 can't be reached: connection refused. Is it running?\n",
    });
    const missing = await ops('verify', { DATABASE_URL: '' });
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/^ops: DATABASE_URL is required: .*\n$/);
    const noSchema = await testDatabase();
    const empty = await ops('verify', { DATABASE_URL: noSchema.url });
    await noSchema.drop();
    expect(empty.code).toBe(2);
    expect(empty.err).toContain('run the migrations first');
  });
});

describe('doctor', () => {
  const lines = (out: string): string[] => out.split('\n').filter((line) => /^[✓✗!]/.test(line));

  it('0: all is well', async () => {
    const log = createLogger('test', 'silent');
    const { rabbitmq, redis } = serviceAddresses();
    const broker = await createRabbitBroker({ url: rabbitmq, prefix: prefix, name: 'test', log });
    const presence = createRedisPresence({ url: redis, prefix: `${prefix}:`, log });
    for (const queue of WORK_QUEUES) await broker.consume({ queue, prefetch: 1, handle: async () => undefined });
    await broker.consumeDead({ handle: async () => undefined });
    await presence.announce({ interactive: 16, background: 8, features: 4 });
    const { code, out, err } = await ops('doctor');
    const json = await ops('doctor --json');
    await presence.close();
    await broker.close({ graceMs: 1_000 });
    await withChannel((channel) => deleteTopology(channel, prefix));
    await deleteKeys(redis, prefix);
    expect({ code, err, troubles: lines(out).filter((line) => !line.startsWith('✓')) }).toEqual({
      code: 0,
      err: '',
      troubles: [],
    });
    expect(out).toMatch(/^✓ postgresql +version \d+\.\d+, schema \d+, at \S+$/m);
    expect(out).toMatch(/^✓ rabbitmq +version \d+\.\d+\.\d+, at \S+$/m);
    expect(out).toMatch(/^✓ orchestrator\.v1 +1 consumer, 0 waiting$/m);
    expect(out).toMatch(/^✓ slots +interactive 16, background 8, features 4$/m);
    expect(JSON.parse(json.out)).toMatchObject({ ok: true });
  });

  it('1: nobody is there, and nothing is made', async () => {
    const { code, out } = await ops('doctor');
    expect(code).toBe(1);
    expect(out).toContain(`there are none of prefix "${prefix}"`);
    expect(out).toContain('no generator has announced any');
    await expect(withChannel((channel) => channel.checkQueue(`${prefix}.${QUEUES.orchestrator}`))).rejects.toThrow(
      'NOT_FOUND',
    );
  });

  it('1: nothing can be reached, a line each, without passwords', async () => {
    const { code, out } = await ops('doctor', {
      DATABASE_URL: 'postgres://ops:secret-password@127.0.0.1:1/planwright',
      RABBITMQ_URL: 'amqp://ops:secret-password@127.0.0.1:1',
      REDIS_URL: 'redis://ops:secret-password@127.0.0.1:1',
    });
    expect(code).toBe(1);
    expect(lines(out).map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ['✗', 'postgresql'],
      ['✗', 'rabbitmq'],
      ['✗', 'redis'],
    ]);
    expect(out).not.toContain('secret-password');
  });

  it('1: what is not configured is one of the lines', async () => {
    const { code, out } = await ops('doctor --json', { RABBITMQ_URL: undefined, REDIS_URL: 'cache:6379' });
    expect(code).toBe(1);
    const { checks } = JSON.parse(out) as { checks: { name: string; status: string; detail: string }[] };
    const bad = checks.filter(({ status }) => status === 'bad');
    expect(bad.map(({ name }) => name)).toEqual(['rabbitmq', 'redis']);
    expect(bad[0]?.detail).toMatch(/^RABBITMQ_URL is required: /);
    expect(bad[1]?.detail).toMatch(/^REDIS_URL must be /);
  });
});

it('says how it is used', async () => {
  const wrong = await ops('verfy');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toMatch(/^ops: There is no command "verfy"\.\n\nUsage: npm run ops/);
  expect(await ops('--help')).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Usage: npm run ops/) });
});
