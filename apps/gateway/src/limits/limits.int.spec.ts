import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { limitsReport, modelResource } from '@planwright/contracts';
import { createRedisLimiter } from '@planwright/limits';
import type { BucketView } from '@planwright/limits';
import { ensureKey } from '@planwright/persistence';
import { createLogger, newId } from '@planwright/runtime';
import { advance, idOf, openGateways, query, send } from '../../test/fixture.js';
import type { Gateways } from '../../test/fixture.js';

const HASH = '0123456789ab';
const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const buckets: BucketView[] = [
  {
    bucket: `openai:${HASH}:gpt-4o-mini`,
    limits: {
      tokens: { limit: 200_000, level: -12.5, capacity: 25_000.4 },
      requests: { limit: 500, level: 3.9, capacity: 62.5 },
    },
    ...{ calls: 12, waiting: 140, pause: { code: 'rate_limited', ms: 3_400 } },
  },
  { bucket: `compatible:none:qwen3:30b`, limits: {}, calls: 0, waiting: 0, pause: null },
];

let gateways: Gateways;
let app: NestFastifyApplication;
beforeAll(async () => {
  gateways = await openGateways();
  const clock = { now: () => NOW };
  app = await gateways.start({ clock, limits: { view: async () => buckets } });
}, 60_000);
afterAll(() => gateways.close());

const limits = async (of = app, key?: string) => {
  const answer = await send(of, 'GET', '/v1/limits', undefined, key ? { authorization: `Bearer ${key}` } : {});
  return { ...answer, report: answer.status === 200 ? limitsReport.parse(answer.body) : null };
};

it('shows what is known of each provider, and nothing of the key it is counted by', async () => {
  const { report, text } = await limits();
  expect(report?.providers).toEqual([
    { provider: 'compatible', model: 'qwen3:30b', limits: [], calls: 0, waiting: 0, pause: null },
    {
      provider: 'openai',
      model: 'gpt-4o-mini',
      limits: [
        { resource: 'requests', per_minute: 500, level: 3, capacity: 62 },
        { resource: 'tokens', per_minute: 200_000, level: 0, capacity: 25_000 },
      ],
      ...{ calls: 12, waiting: 140, pause: { reason: 'rate_limited', ends_at: '2026-11-22T12:00:03.400Z' } },
    },
  ]);
  expect(text).not.toContain(HASH);
});

describe('a step that waits', () => {
  const at = new Date(NOW + 60_000).toISOString();
  let runId: string;
  let projectId: string;
  beforeAll(async () => {
    projectId = idOf(await send(app, 'POST', '/v1/projects', { name: 'Courts', idea: 'Find a free court.' }));
    const run = await send(app, 'POST', `/v1/projects/${projectId}/runs`, { documents: ['prd'], mode: 'draft' });
    runId = idOf(run);
    const { state } = await advance(gateways.database, runId, { type: 'run_started', at: NOW });
    const { stepId = '', attempt = 0 } = state.documents[0]?.steps.find((step) => step.attempt > 0) ?? {};
    const delay = { type: 'step_delayed', stepId, attempt, at: NOW, nextAttemptAt: NOW + 60_000 } as const;
    await advance(gateways.database, runId, { ...delay, reason: 'quota', position: 4 });
  });

  it('is told with what it writes, why it waits and until when', async () => {
    const { report } = await limits();
    expect(report).toMatchObject({ waiting_steps: 1 });
    expect(report?.waiting).toEqual([
      {
        ...{ run_id: runId, project_id: projectId, project_name: 'Courts', document: 'prd' },
        ...{ section_id: 'problem_statement', section_title: 'Problem Statement' },
        ...{ provider: 'offline', model: 'offline-writer', reason: 'quota', position: 4, next_attempt_at: at },
      },
    ]);
  });

  it('is not told where it waits for another section: people see it in the queue', async () => {
    const reason = (to: string) =>
      query(gateways.database, 'UPDATE steps SET reason = $2 WHERE run_id = $1', [runId, to]);
    await reason('prefix_cache');
    expect((await limits()).report).toMatchObject({ waiting_steps: 0, waiting: [] });
    await reason('quota');
  });

  it('is told to its own workspace alone', async () => {
    const workspaceId = newId();
    const key = 'pw_test_limits_0123456789abcdef';
    await query(gateways.database, `INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [workspaceId]);
    await ensureKey(gateways.database, key, { workspaceId, name: 'k' });
    const closed = await gateways.start({ auth: 'required' });
    expect((await limits(closed)).status).toBe(401);
    expect((await limits(closed, key)).report).toEqual({ providers: [], waiting_steps: 0, waiting: [] });
  });

  it('is told while Redis is away, when people wonder most; the providers are not known then', async () => {
    const log = createLogger('gateway', 'silent');
    const away = createRedisLimiter({ url: 'redis://127.0.0.1:1', log, commandTimeoutMs: 100 });
    try {
      const { status, report } = await limits(await gateways.start({ limits: away }));
      expect({ status, ...report }).toMatchObject({ status: 200, providers: null, waiting_steps: 1 });
    } finally {
      await away.close();
    }
  });
});

it('the models of the deployment come with the default one first', async () => {
  const offer = [
    { provider: 'compatible', defaultModel: null },
    { provider: 'offline', defaultModel: 'offline-writer' },
  ];
  const { body } = await send(await gateways.start({ offer }), 'GET', '/v1/models');
  const items = (body as unknown as { items: unknown[] }).items.map((item) => modelResource.parse(item));
  expect({ ...body, items }).toEqual({
    items: [
      { provider: 'compatible', default_model: null, is_default: true },
      { provider: 'offline', default_model: 'offline-writer', is_default: false },
    ],
    next_cursor: null,
  });
});
