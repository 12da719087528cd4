import { createClient } from '@planwright/client';
import type { RunResource } from '@planwright/contracts';
import type { Distributed } from './src/distributed.js';
import { startDistributed } from './src/distributed.js';
import { IDEA } from './src/driver.js';
import { query } from './src/rows.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const CLICKS = process.env['TEST_LONG'] ? 1_000 : 300;

let platform: Distributed;
beforeAll(async () => {
  // Without a generator nothing ends while the clicks come in.
  platform = await startDistributed({ gateways: 3, generators: 0 });
}, 90_000);
afterAll(() => platform.stop(), 60_000);

async function click(projectId: string, headers: Record<string, string> = {}) {
  const clicks = Array.from({ length: CLICKS }, async (_, i) => {
    const response = await fetch(`${platform.urls[i % platform.urls.length]}/v1/projects/${projectId}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ documents: ['prd'], mode: 'draft' }),
    });
    return {
      status: response.status,
      replayed: response.headers.get('idempotent-replayed'),
      text: await response.text(),
    };
  });
  return Promise.all(clicks);
}

const newProject = async () => (await createClient({ url: platform.url }).projects.create(IDEA)).id;
const runsOf = (projectId: string) =>
  query<{ id: string }>(platform.databaseUrl, 'SELECT id FROM runs WHERE project_id = $1', [projectId]);

test(`${CLICKS} simultaneous clicks without a key make one run; the others are told its id`, async () => {
  const projectId = await newProject();
  const answers = await click(projectId);
  const [run, ...others] = await runsOf(projectId);
  expect(others).toEqual([]);
  const started = answers.filter(({ status }) => status === 202);
  expect(started.map(({ text }) => (JSON.parse(text) as RunResource).id)).toEqual([run!.id]);
  const refused = answers
    .filter(({ status }) => status !== 202)
    .map(({ status, text }) => ({ status, ...JSON.parse(text) }));
  expect(refused).toHaveLength(CLICKS - 1);
  for (const problem of refused) expect(problem).toMatchObject({ status: 409, code: 'run_active', run_id: run!.id });
}, 120_000);

test(`${CLICKS} simultaneous clicks with one key make one run and have one answer`, async () => {
  const projectId = await newProject();
  const answers = await click(projectId, { 'idempotency-key': `click-${projectId}` });
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ replayed }) => replayed === 'true')).toHaveLength(CLICKS - 1);
  const [run, ...others] = await runsOf(projectId);
  expect(others).toEqual([]);
  expect((JSON.parse(answers[0]!.text) as RunResource).id).toBe(run!.id);
  // Later, and from another gateway, it is the same answer still.
  const [again] = await click(projectId, { 'idempotency-key': `click-${projectId}` });
  expect(again!.text).toBe(answers[0]!.text);
}, 120_000);

leaveNothingRunning();
