import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@planwright/client';
import type { WebhookPayload } from '@planwright/contracts';
import { webhookPayload } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import { startDistributed } from './src/distributed.js';
import { IDEA, untilEnded } from './src/driver.js';
import type { Platform } from './src/platform.js';
import { startStandalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

let receiver: Server;
let received: { headers: IncomingHttpHeaders; body: string }[];
beforeEach(async () => {
  received = [];
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

async function ask(platform: Platform, method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(platform.url + path, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** By the letter of the specification; that the official library takes it is tested beside the code. */
function signatureOf({ headers, body }: (typeof received)[number], secret: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

/** A run and a card, as their receiver learns of them: everything once, signed. */
async function expectTold(platform: Platform): Promise<void> {
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hook`;
  const { id, secret } = await ask(platform, 'POST', '/v1/webhooks', { url, events: ['*'] });
  const client = createClient({ url: platform.url });
  const project = await client.projects.create(IDEA);
  const asked = { documents: ['prd'], mode: 'draft' as const };
  const run = await untilEnded(client, (await client.runs.start(project.id, asked)).id, 60_000);
  const card = await ask(platform, 'POST', `/v1/projects/${project.id}/tasks`, { title: 'A card' });
  await waitFor(() => received.length >= 4, { what: 'everything to be told', timeoutMs: 20_000 });

  const told = received.map((message) => {
    expect(message.headers['webhook-signature']).toBe(signatureOf(message, String(secret)));
    return webhookPayload.parse(JSON.parse(message.body));
  });
  const dataOf = (type: WebhookPayload['type']) => told.filter((one) => one.type === type).map(({ data }) => data);
  expect(dataOf('run.started')).toMatchObject([{ run_id: run.id, run: { status: 'running' } }]);
  expect(dataOf('run.ended')).toMatchObject([{ run_id: run.id, run: { status: 'succeeded' } }]);
  const [prd] = run.documents;
  const version = { document: 'prd', document_id: prd?.id, version_id: prd?.version_id, status: 'ready' };
  expect(dataOf('document.completed')).toMatchObject([{ project_id: project.id, run_id: run.id, ...version }]);
  expect(dataOf('task.created')).toMatchObject([{ run_id: null, task: { id: card['id'], title: 'A card' } }]);
  expect(told).toHaveLength(4);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(told.length);

  const tested = await ask(platform, 'POST', `/v1/webhooks/${String(id)}/test`);
  await waitFor(() => received.length > told.length, { what: 'the test' });
  expect(received.at(-1)?.headers['webhook-id']).toBe(tested['message_id']);
}

describe('as four services', () => {
  let platform: Platform;
  beforeAll(async () => void (platform = await startDistributed()), 60_000);
  afterAll(() => platform?.stop(), 60_000);
  test('a webhook is told of a run and its cards', () => expectTold(platform), 90_000);
});

describe('standalone', () => {
  let platform: Platform;
  beforeAll(async () => void (platform = await startStandalone()), 60_000);
  afterAll(() => platform?.stop(), 60_000);
  test('a webhook is told of a run and its cards', () => expectTold(platform), 90_000);
});

leaveNothingRunning();
