import type { Script } from '@planwright/testing';
import { expectExact, expectOrder } from './src/checks.js';
import { sectionOf, startRun, untilEnded, versionsOf } from './src/driver.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { FOLLOWS } from './src/followers.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

/** Writes seven words, then declines: a failure that is not tried again. */
const DECLINED: Script = { pieces: 7, end: { code: 'content_filtered', detail: 'the scripted provider declined' } };

let platform: Distributed;
beforeAll(async () => void (platform = await startDistributed({ scripted: true })), 60_000);
beforeEach(() => platform.provider.reset());
afterAll(() => platform?.stop(), 60_000);

/** A run whose named sections fail, and what is there at its end, for followers too. */
async function runWith(failing: Record<string, Script>) {
  for (const [section, script] of Object.entries(failing)) await platform.provider.script(section, script);
  const { client, projectId, run: begun } = await startRun(platform);
  const followers = await Promise.all(FOLLOWS.map(([, follow]) => follow({ url: platform.url, runId: begun.id })));
  const run = await untilEnded(client, begun.id, 30_000);
  const versions = await versionsOf(client, run);
  for (const { transcript, cut } of followers) {
    await transcript.untilEnd(10_000);
    expectOrder(transcript.events);
    cut();
  }
  const transcripts = followers.map(({ transcript }) => transcript);
  const statuses = run.documents.map(({ status }) => status);
  return { client, projectId, run, versions, transcripts, statuses, calls: await platform.provider.calls() };
}

test('a section of stage 2 that fails costs that section: the rest is intact, the chain stops and says so', async () => {
  const { client, projectId, run, versions, transcripts, statuses } = await runWith({ success_metrics: DECLINED });
  const prd = versions['prd'];
  expect(sectionOf(prd, 'success_metrics')).toMatchObject({
    status: 'failed',
    content: null,
    sha256: null,
    draft: 'Text of success_metrics, the section Success Metrics ',
    error: expect.stringContaining('the scripted provider declined'),
    problem: { code: 'content_filtered', retryable: true },
  });
  const rest = prd?.sections.filter(({ id }) => id !== 'success_metrics') ?? [];
  expect(rest).toHaveLength(11);
  for (const section of rest) expect(section).toMatchObject({ status: 'completed', error: null, problem: null });
  expect(prd?.status).toBe('partial');
  expect(statuses).toEqual(['partial', 'cancelled', 'cancelled']);
  expect(run).toMatchObject({ status: 'partial', problem: { code: 'document_partial' } });
  for (const words of ['Success Metrics', 'Tech', 'Task']) expect(run.error).toContain(words);
  expect(run.documents[0]).toMatchObject({ sections_completed: 11, sections_total: 12 });
  const later = run.steps.filter(({ document }) => document !== 'prd');
  for (const step of later) expect(step).toMatchObject({ status: 'cancelled', reason: 'upstream_partial', attempt: 0 });
  for (const kind of ['tech_spec', 'task_set']) {
    for (const section of versions[kind]?.sections ?? []) {
      expect(section).toMatchObject({ status: 'cancelled', content: null, error: null });
    }
  }
  for (const transcript of transcripts) {
    expectExact(transcript, run, versions);
    expect(transcript.end).toMatchObject({ type: 'partial', error: run.error, prd_id: run.documents[0]?.id });
    const failed = transcript.events.filter(({ type }) => type === 'section_failed');
    expect(failed).toMatchObject([{ section_id: 'success_metrics', problem: { code: 'content_filtered' } }]);
  }
  // A partial PRD is what readers get while there is no better one.
  expect(await client.projects.get(projectId)).toMatchObject({
    active_prd_version_id: run.documents[0]?.version_id,
    active_tech_version_id: null,
    active_task_set_id: null,
  });
  expect((await client.tasks.list(projectId)).items).toEqual([]);
}, 60_000);

test('the very first section may fail: the next ones go by the idea', async () => {
  const { run, versions, calls } = await runWith({ problem_statement: DECLINED });
  expect(run.status).toBe('partial');
  expect(versions['prd']?.sections.filter(({ status }) => status === 'completed')).toHaveLength(11);
  const next = calls.find(({ sectionId }) => sectionId === 'goals_objectives');
  expect(next?.user).not.toContain('Text of problem_statement');
}, 60_000);

test('a failed section of stage 1 is skipped and the next ones get what there is', async () => {
  const { run, versions, calls } = await runWith({ goals_objectives: DECLINED });
  expect(run.status).toBe('partial');
  expect(sectionOf(versions['prd'], 'goals_objectives')).toMatchObject({ status: 'failed', content: null });
  expect(versions['prd']?.sections.filter(({ status }) => status === 'completed')).toHaveLength(11);
  const next = calls.find(({ sectionId }) => sectionId === 'target_users');
  expect(next?.user).toContain('Text of problem_statement');
  // Cut off text is never used as input.
  for (const { user } of calls) expect(user).not.toContain('Text of goals_objectives');
}, 60_000);

test('with all of stage 1 failed nothing else is asked for, and the PRD has failed', async () => {
  const first = ['problem_statement', 'goals_objectives', 'target_users', 'proposed_solution'];
  const { client, projectId, run, versions, statuses, calls } = await runWith(
    Object.fromEntries(first.map((section) => [section, DECLINED])),
  );
  // Stage 1 is tried to its end; stage 2 has nothing to go by and fails without a call.
  expect(calls.map(({ sectionId }) => sectionId)).toEqual(first);
  expect(statuses).toEqual(['failed', 'cancelled', 'cancelled']);
  expect(run).toMatchObject({ status: 'failed', problem: { code: 'document_failed' } });
  const called = new Set(calls.map(({ sectionId }) => sectionId));
  for (const { id, status, content, problem } of versions['prd']?.sections ?? []) {
    const code = called.has(id) ? 'content_filtered' : 'no_input';
    expect({ status, content, code: problem?.code }).toEqual({ status: 'failed', content: null, code });
  }
  expect(
    run.steps.filter(({ document }) => document !== 'prd').every(({ reason }) => reason === 'upstream_failed'),
  ).toBe(true);
  expect((await client.projects.get(projectId)).active_prd_version_id).toBeNull();
}, 60_000);

test('without its summary a PRD is usable, but not ready', async () => {
  const { run, versions, statuses } = await runWith({ executive_summary: DECLINED });
  expect(statuses).toEqual(['partial', 'cancelled', 'cancelled']);
  expect(run.status).toBe('partial');
  expect(versions['prd']?.sections.map(({ status }) => status)).toEqual(['failed', ...Array(11).fill('completed')]);
}, 60_000);

test('a task list that is malformed twice fails its document, after one repair that was told why', async () => {
  const malformed: Script = { text: '{"tasks": [{"ref": "T1"}]}' };
  const { client, projectId, run, versions, statuses, calls, transcripts } = await runWith({ tasks: malformed });
  expect(statuses).toEqual(['ready', 'ready', 'failed']);
  expect(run).toMatchObject({ status: 'failed', problem: { code: 'document_failed' } });
  expect(sectionOf(versions['task_set'], 'tasks')).toMatchObject({
    status: 'failed',
    content: null,
    problem: { code: 'malformed' },
  });
  const asked = calls.filter(({ sectionId }) => sectionId === 'tasks').map(({ repair }) => repair);
  expect(asked).toEqual([null, { code: 'malformed', detail: expect.stringContaining('schema') }]);
  expect((await client.tasks.list(projectId)).items).toEqual([]);
  for (const transcript of transcripts) expectExact(transcript, run, versions);
}, 60_000);

test('a text without the end mark of the provider is a failure that is waited for, not a section', async () => {
  await platform.provider.script('target_users', { pieces: 4, end: 'silence' });
  const { client, run: begun } = await startRun(platform, { documents: ['prd'] });
  const { transcript, cut } = await FOLLOWS[0]![1]({ url: platform.url, runId: begun.id });
  const delayed = await transcript.until('the delay', ({ type }) => type === 'section_delayed');
  expect(delayed).toMatchObject({ section_id: 'target_users', reason: 'connection' });
  const waiting = await client.runs.get(begun.id);
  expect(waiting.status).toBe('running');
  expect(waiting.steps.find(({ section_id }) => section_id === 'target_users')).toMatchObject({
    status: 'delayed',
    reason: 'connection',
    tries: 1,
    next_attempt_at: expect.any(String),
  });
  await client.runs.cancel(begun.id);
  expect((await untilEnded(client, begun.id, 15_000)).status).toBe('cancelled');
  cut();
}, 60_000);

leaveNothingRunning();
