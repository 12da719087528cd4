import { createClient } from '@planwright/client';
import { waitFor } from '@planwright/testing';
import { AppProcess } from './src/app-process.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { IDEA } from './src/driver.js';
import { ask, askFeature, followFeatures, readFeature, untilFeature } from './src/features.js';
import { query } from './src/rows.js';
import { startStandalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

const DESCRIPTION = 'Members swap slots with each other without asking the caretaker.';
const SPEC = ['feature_overview', 'feature_behaviour', 'feature_design', 'feature_risks_rollout'];
const TASKS = 'feature_task_list';
const ACCEPTED = { message: "Generating feature in background. You'll be notified when ready!", status: 'processing' };

let platform: Distributed;
beforeAll(async () => void (platform = await startDistributed({ scripted: true })), 60_000);
beforeEach(() => platform.provider.reset());
afterAll(() => platform?.stop(), 60_000);

const newProject = async (url = platform.url) => (await createClient({ url }).projects.create(IDEA)).id;
const cardsOf = async (projectId: string, featureId: string, url = platform.url) => {
  const { items } = await createClient({ url }).tasks.list(projectId, { limit: 100 });
  return items.filter(({ feature_id }) => feature_id === featureId);
};
const stepOf = async (runId: string, sectionId: string) =>
  (await createClient({ url: platform.url }).runs.get(runId)).steps.find(({ section_id }) => section_id === sectionId);

test('a feature is answered before any step runs; then its spec is written, then its tasks, and everybody is told', async () => {
  const { url } = platform;
  const projectId = await newProject();
  const follower = await followFeatures(url, projectId);
  const resume = platform.halt();
  const asked = await askFeature(url, projectId, DESCRIPTION);
  const { feature_id: id, run_id } = asked.body;
  expect(asked).toMatchObject({ status: 202, location: `/v1/features/${id}`, body: ACCEPTED });
  expect(await readFeature(url, id)).toMatchObject({ status: 'pending', run_id, processing_started_at: null });
  expect(await platform.provider.calls()).toEqual([]);
  expect(follower.events).toEqual([]);

  await platform.provider.script(TASKS, { holdAfter: 1 });
  resume?.();
  await follower.until('the tasks', (event) => event.type === 'feature.progress' && event.message.includes('tasks'));
  const processing = await readFeature(url, id);
  expect(processing).toMatchObject({ status: 'processing', processing_completed_at: null, task_count: 0 });
  await waitFor(async () => (await platform.provider.calls()).at(-1)?.state === 'held', { what: 'the call' });
  expect(await cardsOf(projectId, id)).toEqual([]);
  await platform.provider.release(TASKS);

  const feature = await untilFeature(url, id, 'completed');
  expect(feature).toMatchObject({ error_message: null, task_count: 3, generated_from_idea: false });
  expect(Date.parse(feature.processing_completed_at ?? '')).toBeGreaterThan(
    Date.parse(feature.processing_started_at ?? ''),
  );
  const calls = await platform.provider.calls();
  expect(calls.map(({ sectionId }) => sectionId).slice(0, 2)).toEqual(SPEC.slice(0, 2));
  expect(new Set(calls.map(({ sectionId }) => sectionId).slice(2, 4))).toEqual(new Set(SPEC.slice(2)));
  expect(calls.map(({ sectionId }) => sectionId).slice(4)).toEqual([TASKS]);
  for (const { user } of calls) expect(user).toContain(DESCRIPTION);
  expect(calls.at(-1)?.user).toContain('Text of feature_design');
  const spec = await createClient({ url }).versions.get(feature.spec_version_id ?? '');
  expect(spec.sections.map(({ id: section }) => section)).toEqual(SPEC);

  const cards = await cardsOf(projectId, id);
  expect(cards.map(({ title }) => title)).toEqual([
    `Task T1 of ${TASKS}`,
    `Task T2 of ${TASKS}`,
    `Task T3 of ${TASKS}`,
  ]);
  for (const card of cards) expect(card).toMatchObject({ origin: 'ai', status: 'todo' });

  await follower.until('the end', ({ type }) => type === 'feature.generated');
  const channel = `project.${projectId}.features`;
  const envelope = { v: 1, channel, epoch: expect.any(String), ts: expect.stringMatching(/Z$/), run_id };
  const message = 'Feature created! 3 tasks added to your board';
  expect(follower.events).toEqual([
    { ...envelope, seq: 1, type: 'feature.progress', feature_id: id, message: 'Generating spec...' },
    { ...envelope, seq: 2, type: 'feature.progress', feature_id: id, message: 'Creating tasks...' },
    { ...envelope, seq: 3, type: 'feature.generated', feature_id: id, task_count: 3, message, project_id: projectId },
  ]);
  // Whoever comes late is told the same.
  const late = await followFeatures(url, projectId);
  await late.until('the end', ({ type }) => type === 'feature.generated');
  expect(late.events).toEqual(follower.events);
  late.cut();
  follower.cut();
}, 60_000);

test('five features at once all complete, each with cards of its own', async () => {
  const { url } = platform;
  const projectId = await newProject();
  const follower = await followFeatures(url, projectId);
  const asked = await Promise.all(
    Array.from({ length: 5 }, (_, i) => askFeature(url, projectId, `${DESCRIPTION} Number ${i}.`)),
  );
  expect(asked.map(({ status }) => status)).toEqual(Array(5).fill(202));
  const ids = asked.map(({ body }) => body.feature_id);
  for (const id of ids) {
    expect(await untilFeature(url, id, 'completed')).toMatchObject({ task_count: 3 });
    expect(await cardsOf(projectId, id)).toHaveLength(3);
    await follower.until(`the end of ${id}`, (event) => event.type === 'feature.generated' && event.feature_id === id);
  }
  expect(follower.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  const all = await ask<{ items: { id: string }[] }>(url, 'GET', `/projects/${projectId}/features`);
  expect(all.body.items.map(({ id }) => id)).toEqual(ids.toSorted().reverse());
  follower.cut();
}, 60_000);

test('a transient failure is tried once more, after 30 s', async () => {
  const { url } = platform;
  const projectId = await newProject();
  const down = { end: { code: 'overloaded', detail: 'the scripted provider is overloaded' } } as const;
  await platform.provider.script('feature_overview', down, {});
  const { feature_id: id, run_id } = (await askFeature(url, projectId, DESCRIPTION)).body;
  const step = await waitFor(
    async () => {
      const found = await stepOf(run_id, 'feature_overview');
      return found?.status === 'delayed' && found;
    },
    { what: 'the delay' },
  );
  const failedAt = Date.now();
  expect(step).toMatchObject({ tries: 1, reason: 'overloaded' });
  const waitMs = Date.parse(step.next_attempt_at ?? '') - failedAt;
  // 30 s, spread by a fifth; a second is left for reading it.
  expect(waitMs).toBeGreaterThan(23_000);
  expect(waitMs).toBeLessThanOrEqual(36_000);
  expect(await readFeature(url, id)).toMatchObject({ status: 'processing' });
  await query(platform.databaseUrl, 'update steps set next_attempt_at = now() where run_id = $1 and status = $2', [
    ...[run_id, 'delayed'],
  ]);
  expect(await untilFeature(url, id, 'completed')).toMatchObject({ task_count: 3 });
  expect(await stepOf(run_id, 'feature_overview')).toMatchObject({ status: 'succeeded', attempt: 2 });
}, 60_000);

test('a permanent failure ends it at once; its retry keeps the spec, and so does the one of an operator', async () => {
  const { url } = platform;
  const projectId = await newProject();
  const follower = await followFeatures(url, projectId);
  await platform.provider.script(TASKS, { text: '{"tasks": [{"ref": "T1"}]}' });
  const { feature_id: id, run_id } = (await askFeature(url, projectId, DESCRIPTION)).body;
  const failed = await untilFeature(url, id, 'failed');
  expect(failed).toMatchObject({ run_id, task_count: 0, spec_version_id: expect.any(String) });
  expect(failed.error_message).toMatch(/^Feature Tasks could not be written: .+\. Retry the feature; /);
  expect(failed.processing_completed_at).not.toBeNull();
  expect((await platform.provider.calls()).filter(({ sectionId }) => sectionId === TASKS)).toHaveLength(1);
  const told = await follower.until('the failure', ({ type }) => type === 'feature.generation.failed');
  expect(told).toMatchObject({
    ...{ run_id, feature_id: id, error: failed.error_message, description: DESCRIPTION, project_id: projectId },
  });

  const again = await ask(url, 'POST', `/features/${id}/retry`);
  expect(again).toMatchObject({ status: 202, body: { ...ACCEPTED, feature_id: id } });
  await untilFeature(url, id, 'failed');
  await platform.provider.reset();
  const ops = new AppProcess({
    name: 'ops',
    file: 'apps/ops/dist/main.js',
    args: ['retry', '--failed', '--project', projectId],
    env: { DATABASE_URL: platform.databaseUrl },
  });
  expect(await ops.ended).toMatchObject({ code: 0 });
  expect(ops.output()).toContain(`✓ ${id}`);
  const completed = await untilFeature(url, id, 'completed');
  expect(completed).toMatchObject({ task_count: 3, error_message: null, spec_version_id: failed.spec_version_id });
  expect((await platform.provider.calls()).map(({ sectionId }) => sectionId)).toEqual([TASKS]);
  expect(await cardsOf(projectId, id)).toHaveLength(3);
  follower.cut();
}, 60_000);

test('a feature that is cancelled stops its call, has failed, and says so', async () => {
  const { url } = platform;
  const projectId = await newProject();
  const follower = await followFeatures(url, projectId);
  await platform.provider.script('feature_overview', { holdAfter: 2 });
  const { feature_id: id } = (await askFeature(url, projectId, DESCRIPTION)).body;
  await waitFor(async () => (await platform.provider.calls()).at(-1)?.state === 'held', { what: 'the call' });
  expect(await ask(url, 'POST', `/features/${id}/cancel`)).toMatchObject({ status: 202, body: { id } });
  const feature = await untilFeature(url, id, 'failed');
  expect(feature.error_message).toMatch(/^The feature was cancelled\./);
  const calls = await platform.provider.calls();
  expect(calls.map(({ sectionId, state }) => [sectionId, state])).toEqual([['feature_overview', 'aborted']]);
  const told = await follower.until('the failure', ({ type }) => type === 'feature.generation.failed');
  expect(told).toMatchObject({ error: feature.error_message, description: DESCRIPTION });
  expect(await cardsOf(projectId, id)).toEqual([]);
  expect(await ask(url, 'POST', `/features/${id}/cancel`)).toMatchObject({ status: 202, body: { status: 'failed' } });
  follower.cut();
}, 60_000);

test('in one process the offline writer makes a feature, too', async () => {
  const standalone = await startStandalone();
  try {
    const { url } = standalone;
    const projectId = await newProject(url);
    const follower = await followFeatures(url, projectId);
    const { feature_id: id } = (await askFeature(url, projectId, DESCRIPTION)).body;
    const feature = await untilFeature(url, id, 'completed');
    expect(feature.task_count).toBeGreaterThanOrEqual(3);
    expect(await cardsOf(projectId, id, url)).toHaveLength(feature.task_count);
    const end = await follower.until('the end', ({ type }) => type === 'feature.generated');
    expect(end).toMatchObject({ seq: 3, feature_id: id, task_count: feature.task_count });
    follower.cut();
  } finally {
    await standalone.stop();
  }
}, 100_000);

leaveNothingRunning();
