import { DEFAULT_WORKSPACE_ID, makeMessage } from '@planwright/contracts';
import type { AnyMessage } from '@planwright/contracts';
import { createRabbitBroker, deleteTopology, ParkError, QUEUES } from '@planwright/messaging';
import type { Broker } from '@planwright/messaging';
import { createLogger, newId, nowIso } from '@planwright/runtime';
import { serviceAddresses, waitFor } from '@planwright/testing';
import { emptyAuditLog, newPrefix, openOps, withChannel } from '../../test/ops-under-test.js';
import type { OpsUnderTest } from '../../test/ops-under-test.js';

let test: OpsUnderTest;
let prefix: string;
beforeAll(async () => void (test = await openOps()));
afterAll(() => test.close());
beforeEach(() => void (prefix = newPrefix()));

const sql = <T>(text: string, parameters?: unknown[]): Promise<T[]> => test.sql<T>(text, parameters);
const ops = (command: string, env?: NodeJS.ProcessEnv) => test.ops(command, prefix, env);

it('parked: 2 without RabbitMQ, in one line without the password', async () => {
  const { code, err } = await ops('parked list', { RABBITMQ_URL: 'amqp://ops:secret-password@127.0.0.1:1' });
  expect(code).toBe(2);
  expect(err).toMatch(/^ops: RabbitMQ at amqp:\/\/127\.0\.0\.1:1\S* cannot be used .*\n$/);
  expect(err).not.toContain('secret-password');
});

it('parked: 2 with a prefix that nobody uses, and no queue is made', async () => {
  const { code, err } = await ops('parked list');
  expect([code, err]).toEqual([2, expect.stringContaining(`no queues of prefix "${prefix}"`)]);
  await withChannel(async (channel) => {
    await expect(channel.checkQueue(`${prefix}.${QUEUES.parked}`)).rejects.toThrow('NOT_FOUND');
  });
});

describe('parked', () => {
  let broker: Broker;
  beforeEach(async () => {
    const log = createLogger('test', 'silent');
    broker = await createRabbitBroker({ url: serviceAddresses().rabbitmq, prefix: prefix, name: 'test', log });
  });
  afterEach(async () => {
    await broker.close({ graceMs: 1_000 });
    await withChannel((channel) => deleteTopology(channel, prefix));
    await emptyAuditLog(sql);
  });

  const runStart = (workspace_id: string = DEFAULT_WORKSPACE_ID): AnyMessage =>
    makeMessage(
      'run.start',
      { run_id: newId() },
      { id: newId(), occurred_at: nowIso(), workspace_id, run_id: null, causation_id: null, traceparent: null },
    );

  /** Has these refused, and `foreign` bytes with them; waits until all are parked. */
  async function park(messages: readonly AnyMessage[], foreign: readonly string[] = []): Promise<void> {
    const letters = await broker.consumeDead({ handle: async () => undefined });
    const handle = (): Promise<never> => Promise.reject(new ParkError('Its run is gone.'));
    const consumer = await broker.consume({ queue: QUEUES.orchestrator, prefetch: 1, handle });
    await broker.publish(messages);
    await withChannel(async (channel) => {
      for (const body of foreign) channel.sendToQueue(`${prefix}.${QUEUES.orchestrator}`, Buffer.from(body));
    });
    const total = messages.length + foreign.length;
    await waitFor(async () => (await broker.listParked()).total === total, { what: 'all to be parked' });
    await consumer.close({ graceMs: 1_000 });
    await letters.close({ graceMs: 1_000 });
  }
  const audits = () =>
    sql<{ actor: string; action: string; subject: string; hash: string }>(
      'SELECT actor, action, subject, before_hash AS hash FROM audit_log ORDER BY subject',
    );
  const ready = async (): Promise<number> => (await broker.queueStates())[QUEUES.orchestrator].messages;

  it('lists nothing where nothing is', async () => {
    expect(await ops('parked list')).toEqual({ code: 0, out: 'No message is parked.\n', err: '' });
    expect(await ops('parked replay --all')).toMatchObject({ code: 0, out: '0 messages replayed.\n' });
  });

  it('lists and shows what is there, and takes none of it', async () => {
    const message = runStart();
    await park([message], ['{"hello": "\\u001b[2J"}']);
    const { code, out } = await ops('parked list');
    expect(code).toBe(0);
    const [head, blank, titles, ...lines] = out.trimEnd().split('\n');
    expect([head, blank]).toEqual(['2 messages parked.', '']);
    expect(titles).toMatch(/^message +parked at +from +name +reason$/);
    expect(lines).toHaveLength(2);
    expect(lines.find((line) => line.startsWith(message.id))).toMatch(
      /^\S+ {2}2\S+Z {2}orchestrator\.v1 {2}run\.start {2}Its run is gone\.$/,
    );
    const foreign = lines.find((line) => line.startsWith('sha256:'))?.split(' ')[0] ?? '';
    expect((await ops(`parked show ${message.id}`)).out).toContain(
      `"run_id": "${(message.payload as { run_id: string }).run_id}"`,
    );
    const [shown] = JSON.parse((await ops(`parked show ${foreign} --json`)).out) as { body: unknown }[];
    expect(shown?.body).toEqual({ hello: '\u001b[2J' });
    expect(JSON.parse((await ops('parked list --limit 1 --json')).out)).toMatchObject({ total: 2, waiting: 0 });
    expect((await ops('parked list --limit 1')).out).toContain('2 messages parked; the oldest 1.');
    expect(await ops('parked show nothing')).toMatchObject({ code: 1, out: '' });
    expect((await broker.listParked()).total).toBe(2);
  });

  it('replays some of them, and notes it', async () => {
    const [first, second, third] = [runStart(), runStart(newId()), runStart()];
    await park([first, second, third]);
    const { code, out } = await ops(`parked replay ${first.id} ${second.id} nothing`);
    expect(code).toBe(1);
    expect(out).toBe(
      `2 messages replayed.
✗ nothing  no parked message is called so
1 message not in the audit log: of no workspace that is there.
`,
    );
    expect(await ready()).toBe(2);
    expect((await broker.listParked()).messages.map(({ id }) => id)).toEqual([third.id]);
    expect(await audits()).toEqual([
      {
        actor: expect.stringMatching(/^ops:.+/),
        action: 'parked.replay',
        subject: first.id,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  it('replays all that can be, and keeps the rest', async () => {
    await park([runStart()], ['{"hello": 1}']);
    const { code, out } = await ops('parked replay --all');
    expect(code).toBe(1);
    expect(out).toMatch(/^1 message replayed\.\n✗ sha256:[0-9a-f]{16} {2}\S.*\n$/);
    expect(await ready()).toBe(1);
    expect((await broker.listParked()).total).toBe(1);
  });

  it('drops one, then all, and notes it', async () => {
    const messages = [runStart(), runStart(), runStart()];
    await park(messages);
    const [first] = messages;
    expect(await ops(`parked drop ${first?.id}`)).toMatchObject({ code: 0, out: '1 message dropped.\n' });
    expect(await ops('parked drop --all')).toMatchObject({ code: 2, out: '' });
    expect((await broker.listParked()).total).toBe(2);
    expect(await ops('parked drop --all --yes')).toMatchObject({ code: 0, out: '2 messages dropped.\n' });
    expect(await ops(`parked drop ${first?.id}`)).toMatchObject({ code: 1 });
    expect((await broker.listParked()).total).toBe(0);
    expect(await ready()).toBe(0);
    const noted = await audits();
    expect(noted.map(({ subject }) => subject)).toEqual(messages.map(({ id }) => id).sort());
    expect(new Set(noted.map(({ action }) => action))).toEqual(new Set(['parked.drop']));
  });

  it('does nothing that could not be noted', async () => {
    await park([runStart()]);
    const { code, err } = await ops('parked drop --all --yes', { DATABASE_URL: 'postgres://127.0.0.1:1/planwright' });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("can't be reached") });
    expect((await broker.listParked()).total).toBe(1);
  });
});
