import { DEFAULT_WORKSPACE_ID as WORKSPACE, webhookPayload } from '@planwright/contracts';
import { WebhookSecrets } from '@planwright/persistence';
import { newId } from '@planwright/runtime';
import { waitFor } from '@planwright/testing';
import { Webhook } from 'standardwebhooks';
import type { Received, Receiver } from '../../test/receiver.js';
import { startReceiver } from '../../test/receiver.js';
import type { WebhookWorld } from '../../test/webhook-world.js';
import { openWebhookWorld } from '../../test/webhook-world.js';
import { bodyOf, signedHeaders } from './message.js';

let world: WebhookWorld;
let receiver: Receiver;
beforeAll(async () => void (world = await openWebhookWorld()), 60_000);
beforeEach(async () => void (receiver = await startReceiver()));
afterEach(async () => {
  await world.stopAll();
  await receiver.close();
  await world.query('DELETE FROM webhooks');
});
afterAll(() => world.close());

const shown = (secret: Buffer) => `whsec_${secret.toString('base64')}`;
const verified = (secret: Buffer, { headers, body }: Received) =>
  webhookPayload.parse(new Webhook(shown(secret)).verify(body, headers as Record<string, string>));
const idsOf = (received: readonly Received[]) => received.map(({ headers }) => headers['webhook-id']);
const until = (what: string, condition: () => unknown) => waitFor(async () => Boolean(await condition()), { what });
const received = (count: number, by = receiver) =>
  until(`${count} messages, not ${by.received.length}`, () => by.received.length >= count);
const settled = async (webhookId: string, count: number) => {
  const all = async () => (await world.deliveries(webhookId)).filter(({ status }) => status !== 'waiting');
  await until(`${count} deliveries to end`, async () => (await all()).length >= count);
  return world.deliveries(webhookId);
};

describe('what happens is sent', () => {
  it('to those who are subscribed, signed for the official verifier', async () => {
    const other = await startReceiver();
    const all = await world.webhook(receiver.url);
    const few = await world.webhook(other.url, ['task.moved', 'run.ended']);
    await world.replica();
    await world.tell([...(await world.happen(2, 'task.created')), ...(await world.happen(3, 'task.moved'))]);
    await received(5);
    await received(3, other);
    const told = receiver.received.map((message) => verified(all.secret, message));
    expect(told.map(({ type }) => type).sort()).toEqual([
      ...['task.created', 'task.created', 'task.moved', 'task.moved', 'task.moved'],
    ]);
    expect(receiver.received[0]?.headers).toMatchObject({ 'content-type': 'application/json' });
    expect(receiver.received.map(({ body }) => body).join()).not.toContain('stays in the house');
    for (const message of other.received) {
      expect(verified(few.secret, message).type).toBe('task.moved');
      expect(() => verified(all.secret, message)).toThrow('No matching signature');
    }
    // A message has one id, whoever gets it.
    expect(idsOf(receiver.received)).toEqual(expect.arrayContaining(idsOf(other.received)));
    const deliveries = await settled(few.id, 3);
    expect(deliveries).toHaveLength(3);
    for (const delivery of deliveries) {
      expect(delivery).toMatchObject({ status: 'delivered', attempts: 1, last_status: 200, last_error: null });
    }
    await other.close();
  });

  it('once, however often and to however many replicas it is told', async () => {
    const { id } = await world.webhook(receiver.url);
    await world.replica();
    await world.replica();
    const messages = await world.happen(20);
    await Promise.all(Array.from({ length: 10 }, () => world.tell(messages)));
    const deliveries = await settled(id, 20);
    await world.tell(messages);
    expect(deliveries).toHaveLength(20);
    expect(new Set(idsOf(receiver.received)).size).toBe(20);
    expect(receiver.received).toHaveLength(20);
  });

  it('also when nobody was told, and what a run wrote as well', async () => {
    const { id, secret } = await world.webhook(receiver.url);
    const run = newId();
    const document = newId();
    await world.query(
      `INSERT INTO runs (id, workspace_id, project_id, kind, provider, model, triggered_by, input_snapshot, pinned_blueprints, pinned_templates, sections_total)
       SELECT $1, workspace_id, id, 'plan', 'offline', 'm', 'me', '{}', '{}', '{}', 1 FROM projects`,
      [run],
    );
    const body = { type: 'document_complete', run_id: run, document: 'prd', document_id: document, version_id: run };
    await world.query(
      `INSERT INTO run_events (run_id, n, workspace_id, at, body)
       SELECT id, 7, workspace_id, clock_timestamp(), $2 FROM runs WHERE id = $1`,
      [run, JSON.stringify({ ...body, status: 'ready' })],
    );
    await world.happen(2);
    // As if half a minute had passed: then somebody looks.
    await world.query(`UPDATE webhooks SET told_up_to = told_up_to - interval '31 seconds'`);
    await world.replica();
    await settled(id, 3);
    const told = receiver.received.map((message) => verified(secret, message));
    expect(told).toContainEqual({
      ...{ type: 'document.completed', timestamp: expect.any(String) },
      data: {
        ...{ project_id: world.projectId, run_id: run, document: 'prd', document_id: document, version_id: run },
        status: 'ready',
      },
    });
    expect(told).toHaveLength(3);
    await until('the place to be noted', async () => {
      const sql = `SELECT FROM webhooks WHERE told_up_to > now() - interval '10 seconds'`;
      return (await world.query(sql)).length === 1;
    });
  });

  it('not of what was before the webhook was, nor of what happened while it was off', async () => {
    await world.happen(3);
    const { id } = await world.webhook(receiver.url);
    await world.database.transaction((tx) => tx.webhooks.update(WORKSPACE, id, { enabled: false }));
    await world.happen(3);
    await world.database.transaction((tx) => tx.webhooks.update(WORKSPACE, id, { enabled: true }));
    const last = await world.happen(1, 'task.deleted');
    await world.replica();
    await world.tell(last);
    await received(1);
    expect((await world.deliveries(id)).map(({ event }) => event)).toEqual(['task.deleted']);
  });
});

describe('an event that can’t be told', () => {
  it('holds up none of those after it', async () => {
    const { id } = await world.webhook(receiver.url);
    // More than are looked up at once, and none of them fits what is told of cards.
    await world.query(
      `INSERT INTO project_events (project_id, channel, n, workspace_id, at, body)
       SELECT id, 'project', 100000 + i, workspace_id, clock_timestamp(), '{"type": "task.moved", "run_id": null}'
       FROM projects, generate_series(1, 201) i`,
    );
    const messages = await world.happen(1, 'task.deleted');
    await world.replica();
    await world.tell(messages);
    await received(1);
    expect((await settled(id, 1)).map(({ event }) => event)).toEqual(['task.deleted']);
    expect(world.lines.join()).toContain('an event does not fit what webhooks are told of it');
    // By the sweep as well, which then need not look at them again.
    await world.query(`UPDATE webhooks SET told_up_to = told_up_to - interval '31 seconds'`);
    await world.happen(1, 'task.restored');
    await received(2);
    await until('the place to be noted', async () => {
      const sql = `SELECT FROM webhooks WHERE told_up_to > now() - interval '10 seconds'`;
      return (await world.query(sql)).length === 1;
    });
    await world.query('DELETE FROM project_events WHERE n > 100000');
  });
});

describe('a message that is not taken', () => {
  it('comes again, the same, after the pauses of the schedule and those it asks for', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.answer = (_, response) => response.writeHead(503, { 'retry-after': '3600' }).end();
    await world.replica();
    await world.tell(await world.happen(1));
    await received(1);
    await until('it to be noted', async () => (await world.deliveries(id))[0]?.last_status);
    const [delivery] = await world.deliveries(id);
    expect(delivery).toMatchObject({ status: 'waiting', attempts: 1, last_error: 'The receiver answered 503.' });
    const waitsMs = Date.parse(delivery?.next_attempt_at ?? '') - Date.parse(delivery?.last_attempt_at ?? '');
    expect(waitsMs).toBeGreaterThanOrEqual(3_600_000);
    expect((await world.readWebhook(id))?.failing_since).not.toBeNull();

    receiver.answer = (_, response) => response.writeHead(204).end();
    await world.query('UPDATE webhook_deliveries SET next_attempt_at = now()');
    const [ended] = await settled(id, 1);
    expect(ended).toMatchObject({ status: 'delivered', attempts: 2, last_status: 204, last_error: null });
    const [first, second] = receiver.received;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(await world.readWebhook(id)).toMatchObject({ enabled: true, failing_since: null });
  });

  it('is given up after ten attempts, and seen', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.answer = (_, response) => response.writeHead(302, { location: '/' }).end();
    await world.happen(1);
    await world.replica();
    await world.tell(await world.happen(1));
    await received(2);
    await until('both to be noted', async () => (await world.deliveries(id)).every((one) => one.last_status));
    await world.query('UPDATE webhook_deliveries SET attempts = 9, next_attempt_at = now()');
    const deliveries = await settled(id, 2);
    for (const delivery of deliveries) {
      const last_error = 'The receiver answered 302; redirects are not followed.';
      expect(delivery).toMatchObject({ status: 'failed', attempts: 10, next_attempt_at: null, last_error });
    }
    expect(await world.readWebhook(id)).toMatchObject({ enabled: true });
  });

  it('with 410 switches the webhook off at once, with all that waits', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.answer = (_, response) => response.writeHead(410).end();
    await world.replica({ perWebhook: 1 });
    await world.tell(await world.happen(5));
    const deliveries = await settled(id, 5);
    expect(receiver.received).toHaveLength(1);
    expect(await world.readWebhook(id)).toMatchObject({ enabled: false, disabled_reason: 'gone' });
    expect(deliveries.filter(({ last_status }) => last_status === 410)).toHaveLength(1);
    await world.tell(await world.happen(2));
    await world.tell(await world.happen(1));
    expect(await world.deliveries(id)).toHaveLength(5);
    expect(receiver.received).toHaveLength(1);
  });

  it('nor any other for five days switches it off; a failure after a quiet time begins anew', async () => {
    const failing = await world.webhook(receiver.url);
    const quiet = await world.webhook(receiver.url);
    receiver.answer = (_, response) => response.writeHead(500).end();
    const sql = `UPDATE webhooks SET failing_since = now() - interval '121 hours', last_failed_at = now() - $2::interval WHERE id = $1`;
    await world.query(sql, [failing.id, '20 hours']);
    await world.query(sql, [quiet.id, '60 hours']);
    await world.replica();
    await world.tell(await world.happen(1));
    await settled(failing.id, 1);
    await until('it to be noted', async () => (await world.deliveries(quiet.id))[0]?.last_status);
    expect(await world.readWebhook(failing.id)).toMatchObject({ enabled: false, disabled_reason: 'failing' });
    const still = await world.readWebhook(quiet.id);
    expect(still).toMatchObject({ enabled: true });
    expect(Date.parse(still?.failing_since ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });
});

describe('receivers', () => {
  it('that do not answer hold up nobody else', async () => {
    const slow = await startReceiver();
    const pending: (() => void)[] = [];
    slow.answer = (_, response) => void pending.push(() => void response.end());
    const held = await world.webhook(slow.url);
    await world.replica({ slots: 6, perWebhook: 3, timeoutMs: 60_000, leaseMs: 120_000 });
    await world.tell(await world.happen(40));
    await received(3, slow);
    const { id } = await world.webhook(receiver.url);
    await world.tell(await world.happen(30));
    await settled(id, 30);
    // All that while nobody had an answer from the slow one, and no more than it may have was sent to it.
    expect(slow.received).toHaveLength(3);
    expect((await world.deliveries(held.id)).every(({ status }) => status === 'waiting')).toBe(true);
    slow.answer = (_, response) => response.end();
    for (const answer of pending) answer();
    await settled(held.id, 70);
    expect(new Set(idsOf(slow.received)).size).toBe(70);
    await slow.close();
  });

  it('know a message again that was sent before its sender died', async () => {
    const { id, secret } = await world.webhook(receiver.url);
    const asked = { id: newId(), message_id: 'msg_test_1', replay_of: null };
    const payload = { type: 'webhook.test' as const, timestamp: new Date().toISOString(), data: { webhook_id: id } };
    await world.database.transaction((tx) => tx.webhooks.deliver(WORKSPACE, id, { ...asked, payload }));
    // What a replica does, up to the moment where it dies: nobody notes what became of it.
    const limits = { free: 10, perWebhook: 4, busy: {}, leaseMs: 300 };
    const [claimed] = await world.database.transaction((tx) => tx.webhookQueue.claim(limits));
    const sent = claimed as NonNullable<typeof claimed>;
    const body = bodyOf(sent);
    await fetch(sent.url, { method: 'POST', headers: signedHeaders(sent, body, new Date()), body });
    expect(await world.database.transaction((tx) => tx.webhookQueue.claim(limits))).toEqual([]);

    await world.replica();
    const [delivery] = await settled(id, 1);
    expect(delivery).toMatchObject({ status: 'delivered', attempts: 2 });
    expect(idsOf(receiver.received)).toEqual(['msg_test_1', 'msg_test_1']);
    for (const message of receiver.received) expect(verified(secret, message)).toEqual(payload);
    // Should the first one live after all: what it notes now changes nothing.
    const late = { type: 'retry', afterMs: 0, status: 500, error: 'Late.' } as const;
    await world.database.transaction((tx) => tx.webhookQueue.settle(sent, late));
    expect((await world.deliveries(id))[0]).toMatchObject({ status: 'delivered', last_status: 200, last_error: null });
    expect(await world.readWebhook(id)).toMatchObject({ failing_since: null });
  });

  it('are left by a replica that ends, and what they had of it is sent by another at once', async () => {
    const { id } = await world.webhook(receiver.url);
    receiver.answer = () => undefined;
    const ending = await world.replica({ timeoutMs: 60_000, leaseMs: 120_000 });
    await world.tell(await world.happen(2));
    await received(2);
    await world.stop(ending);
    for (const delivery of await world.deliveries(id)) {
      expect(delivery).toMatchObject({ status: 'waiting', attempts: 0, last_attempt_at: null, last_error: null });
    }
    receiver.answer = (_, response) => response.end();
    await world.replica();
    expect((await settled(id, 2)).map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(new Set(idsOf(receiver.received)).size).toBe(2);
  });

  it('are sent to with secrets that are sealed; one that can’t be opened is a failed attempt', async () => {
    const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const { id, secret } = await world.webhook(receiver.url);
    const seal = (key: Buffer) =>
      world.database.transaction((tx) =>
        tx.webhooks.replaceSecrets(null, (_stored, webhookId) => new WebhookSecrets([key]).seal(secret, webhookId)),
      );
    await seal(first);
    await world.replica({}, new WebhookSecrets([second, first]));
    await world.tell(await world.happen(1));
    await received(1);
    verified(secret, receiver.received[0] as Received);
    await settled(id, 1);

    await seal(Buffer.alloc(32, 3));
    await world.tell(await world.happen(1));
    await until('it to be noted', async () => (await world.deliveries(id))[0]?.last_error);
    const last_error =
      'Nothing was sent: the secret of this webhook could not be opened here. Its key is missing on the server.';
    expect((await world.deliveries(id))[0]).toMatchObject({
      status: 'waiting',
      attempts: 1,
      last_status: null,
      last_error,
    });
    expect(receiver.received).toHaveLength(1);
  });

  it('need one of two secrets while they are exchanged, and then the new one', async () => {
    const { id, secret: old } = await world.webhook(receiver.url);
    const fresh = Buffer.alloc(32, 7);
    await world.database.transaction((tx) => tx.webhooks.rotate(WORKSPACE, id, fresh));
    await world.replica();
    await world.tell(await world.happen(1));
    await received(1);
    for (const secret of [old, fresh]) verified(secret, receiver.received[0] as Received);
    await world.query(`UPDATE webhooks SET previous_secret_until = now()`);
    await world.tell(await world.happen(1));
    await received(2);
    verified(fresh, receiver.received[1] as Received);
    expect(() => verified(old, receiver.received[1] as Received)).toThrow('No matching signature');
  });
});

it('what ended a month ago is deleted, what waits is not', async () => {
  const { id } = await world.webhook(receiver.url);
  receiver.answer = (_, response) =>
    void (receiver.received.length > 1 ? response.writeHead(500).end() : response.end());
  await world.replica({ perWebhook: 1 });
  await world.tell(await world.happen(2));
  await until('both to be tried', async () => (await world.deliveries(id)).every((one) => one.last_status));
  await world.stopAll();
  await world.query(`UPDATE webhook_deliveries SET created_at = created_at - interval '31 days'`);
  expect(await world.database.transaction((tx) => tx.webhookQueue.forget())).toBe(1);
  expect((await world.deliveries(id)).map(({ status }) => status)).toEqual(['waiting']);
});

it('no secret and no address is in any line of the log', () => {
  expect(world.lines.length).toBeGreaterThan(3);
  expect(world.lines.join('\n')).not.toMatch(/whsec|in-the-address|127\.0\.0\.1|"secrets"/);
});
