import { createHash, randomUUID } from 'node:crypto';
import { createClient } from '@planwright/client';
import { LIVE_SUBPROTOCOL, ROUTES, runChannel } from '@planwright/contracts';
import { WebSocket } from 'ws';
import { expectExact } from './src/checks.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { startRun, untilEnded, versionsOf } from './src/driver.js';
import { FOLLOWS, followSocket } from './src/followers.js';
import { socketUrl } from './src/platform.js';
import type { Platform } from './src/platform.js';
import { requestAbout, ROUTE_NAMES } from './src/route-requests.js';
import { query } from './src/rows.js';
import { startStandalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const KEY = 'pw_test_first-key-of-default';
const OTHER_KEY = 'pw_test_key-of-another-workspace';
const env = {
  PLANWRIGHT_AUTH: 'required',
  PLANWRIGHT_BOOTSTRAP_KEY: KEY,
  PLANWRIGHT_REQUESTS_PER_MINUTE: '0',
  PLANWRIGHT_REFUSED_KEYS_PER_MINUTE: '0',
};

/** Every route, without a key and with wrong ones: 401 before anything else is looked at. */
async function expectLocked(url: string): Promise<void> {
  const answers: unknown[] = [];
  for (const { method, path } of Object.values(ROUTES)) {
    for (const authorization of [undefined, 'Bearer wrong', `Basic ${KEY}`, `Bearer ${KEY}x`]) {
      const response = await fetch(url + path.replace('{id}', randomUUID()), {
        method,
        headers: authorization === undefined ? {} : { authorization },
      });
      const { code } = (await response.json()) as { code?: string };
      const challenge = response.headers.get('www-authenticate');
      if (response.status !== 401 || code !== 'unauthenticated' || challenge !== 'Bearer') {
        answers.push({ method, path, authorization, status: response.status, code, challenge });
      }
    }
  }
  expect(answers).toEqual([]);
  for (const authorization of [undefined, 'Bearer wrong']) {
    expect(await socketEnd(url, authorization)).toEqual({ close: 4001, codes: ['unauthenticated'] });
  }
}

/** How a socket that may not be there is closed, and what it is told before. */
function socketEnd(url: string, authorization?: string): Promise<{ close: number; codes: string[] }> {
  const headers = authorization === undefined ? {} : { authorization };
  const socket = new WebSocket(socketUrl(url), LIVE_SUBPROTOCOL, { headers });
  const codes: string[] = [];
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', channel: runChannel(randomUUID()) })));
    socket.on('message', (data: Buffer) => codes.push((JSON.parse(data.toString()) as { code: string }).code));
    socket.on('close', (close) => resolve({ close, codes }));
  });
}

async function expectOpenToAll({ url }: Platform): Promise<void> {
  for (const path of ['/healthz', '/readyz', '/openapi.json', '/asyncapi.json', '/docs']) {
    const { status } = await fetch(url + path);
    expect({ path, status }).toEqual({ path, status: 200 });
  }
}

async function expectRunWithKey(platform: Platform) {
  const { client, projectId, run: begun } = await startRun(platform, { mode: 'draft' }, KEY);
  const followers = await Promise.all(
    FOLLOWS.map(([, follow]) => follow({ url: platform.url, runId: begun.id, apiKey: KEY })),
  );
  const run = await untilEnded(client, begun.id, 60_000);
  const versions = await versionsOf(client, run);
  expect(run).toMatchObject({ status: 'succeeded', triggered_by: 'bootstrap' });
  for (const { transcript, cut } of followers) {
    await transcript.untilEnd(10_000);
    expectExact(transcript, run, versions);
    cut();
  }
  return { client, projectId, run };
}

describe('as four services', () => {
  let platform: Distributed;
  beforeAll(async () => void (platform = await startDistributed({ env })), 60_000);
  afterAll(() => platform?.stop(), 60_000);

  test('without a valid key nobody gets in', () => expectLocked(platform.url), 30_000);
  test('what tells of the platform itself needs none', () => expectOpenToAll(platform), 30_000);

  test('the bootstrap key opens everything of its workspace, and nothing of another one', async () => {
    const { client, projectId, run } = await expectRunWithKey(platform);
    await addWorkspace(platform.databaseUrl);
    const stranger = createClient({ url: platform.url, apiKey: OTHER_KEY });
    expect((await stranger.projects.list()).items).toEqual([]);
    const own = await stranger.projects.create({ name: 'Other', idea: 'Somebody else has an idea, too.' });
    expect((await client.projects.list()).items.map(({ id }) => id)).toEqual([projectId]);

    const [prd] = run.documents;
    const [task] = (await client.tasks.list(projectId)).items;
    const ids: Record<string, string | undefined> = {
      projects: projectId,
      runs: run.id,
      documents: prd?.id,
      versions: prd?.version_id,
      tasks: task?.id,
    };
    const seen: unknown[] = [];
    for (const name of ROUTE_NAMES) {
      const id = ids[ROUTES[name].path.split('/')[2] ?? ''];
      if (!ROUTES[name].path.includes('{id}') || id === undefined) continue;
      const { method, path, headers, body } = requestAbout(name, id);
      const response = await fetch(platform.url + path, {
        method,
        headers: {
          ...headers,
          authorization: `Bearer ${OTHER_KEY}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const { code } = (await response.json()) as { code?: string };
      seen.push({ method, path, status: response.status, code });
    }
    expect(seen.length).toBeGreaterThanOrEqual(12);
    expect(seen).toEqual(seen.map((): unknown => expect.objectContaining({ status: 404, code: 'not_found' })));
    await expect(followSocket({ url: platform.url, runId: run.id, apiKey: OTHER_KEY })).rejects.toThrow('not_found');
    expect(await client.runs.get(run.id)).toMatchObject({ status: 'succeeded' });

    await expect(client.projects.get(own.id)).rejects.toMatchObject({ problem: { status: 404 } });
    const theirs = await stranger.runs.start(own.id, { documents: ['prd'], mode: 'draft' });
    expect((await untilEnded(stranger, theirs.id, 30_000)).status).toBe('succeeded');
    await expect(client.runs.get(theirs.id)).rejects.toMatchObject({ problem: { status: 404 } });
  }, 90_000);
});

describe('standalone', () => {
  let platform: Platform;
  beforeAll(async () => void (platform = await startStandalone(env)), 60_000);
  afterAll(() => platform?.stop(), 60_000);

  test('without a valid key nobody gets in', () => expectLocked(platform.url), 30_000);
  test('what tells of the platform itself needs none', () => expectOpenToAll(platform), 30_000);
  test(
    'with the bootstrap key a run is made and followed',
    async () => void (await expectRunWithKey(platform)),
    90_000,
  );
});

/** As an operator would by hand: routes for it come later. */
async function addWorkspace(databaseUrl: string): Promise<void> {
  const workspace = randomUUID();
  await query(databaseUrl, `insert into workspaces (id, name) values ($1, 'other')`, [workspace]);
  await query(
    databaseUrl,
    `insert into columns (workspace_id, key, title, category, position)
     select $1, key, title, category, position from columns where project_id is null`,
    [workspace],
  );
  await query(
    databaseUrl,
    `insert into api_keys (id, workspace_id, name, hash, scopes) values ($1, $2, 'theirs', $3, '{admin}')`,
    [randomUUID(), workspace, createHash('sha256').update(OTHER_KEY).digest('hex')],
  );
}

leaveNothingRunning();
