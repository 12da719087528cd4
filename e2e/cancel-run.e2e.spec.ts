import { waitFor } from '@planwright/testing';
import { expectExact } from './src/checks.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { sectionOf, startRun, untilEnded, versionsOf } from './src/driver.js';
import { FOLLOWS } from './src/followers.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

let platform: Distributed;
beforeAll(async () => void (platform = await startDistributed({ scripted: true, generators: 1 })), 60_000);
beforeEach(() => platform.provider.reset());
afterAll(() => platform?.stop(), 60_000);

test('a cancelled run stops the provider, keeps the text so far as a draft, and frees the project', async () => {
  await platform.provider.script('goals_objectives', { holdAfter: 4 });
  const { client, projectId, run: begun } = await startRun(platform);
  const followers = await Promise.all(FOLLOWS.map(([, follow]) => follow({ url: platform.url, runId: begun.id })));
  await followers[0]!.transcript.until(
    'text of the second section',
    (event) => event.type === 'chunk' && event.section_id === 'goals_objectives',
  );
  await waitFor(async () => (await platform.provider.calls()).at(-1)?.state === 'held', { what: 'the held call' });

  await client.runs.cancel(begun.id);
  const run = await untilEnded(client, begun.id, 15_000);
  expect(run.status).toBe('cancelled');
  expect(run.documents.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  const calls = await waitFor(
    async () => {
      const all = await platform.provider.calls();
      return all.at(-1)?.state === 'aborted' && all;
    },
    { what: 'the provider call to be closed' },
  );
  expect(calls.map(({ sectionId }) => sectionId)).toEqual(['problem_statement', 'goals_objectives']);
  const kept = await waitFor(
    async () => {
      const { prd } = await versionsOf(client, run);
      return sectionOf(prd, 'goals_objectives').draft !== null && prd;
    },
    { what: 'the draft' },
  );
  expect(sectionOf(kept, 'problem_statement')).toMatchObject({ status: 'completed', draft: null });
  expect(sectionOf(kept, 'goals_objectives')).toMatchObject({
    status: 'cancelled',
    content: null,
    error: null,
    draft: 'Text of goals_objectives, the ',
  });
  const versions = await versionsOf(client, run);
  for (const { transcript, cut } of followers) {
    await transcript.untilEnd(10_000);
    expectExact(transcript, run, versions);
    cut();
  }
  expect(await client.projects.get(projectId)).toMatchObject({ active_prd_version_id: null });

  // Again, and after the end: the same truth.
  for (const again of await Promise.all([client.runs.cancel(run.id), client.runs.cancel(run.id)])) {
    expect(again).toMatchObject({ id: run.id, status: 'cancelled', finished_at: run.finished_at });
  }

  await platform.provider.reset();
  const next = await client.runs.start(projectId);
  const ended = await untilEnded(client, next.id, 30_000);
  expect(ended.status).toBe('succeeded');
  const { prd } = await versionsOf(client, ended);
  expect(prd?.number).toBe(2);
  expect(await client.projects.get(projectId)).toMatchObject({ active_prd_version_id: prd?.id });
}, 60_000);

test('deleting a project cancels its run first, and leaves nothing', async () => {
  await platform.provider.script('problem_statement', { holdAfter: 2 });
  const { client, projectId, run } = await startRun(platform);
  await waitFor(async () => (await platform.provider.calls())[0]?.state === 'held', { what: 'the held call' });
  await client.projects.delete(projectId);
  await waitFor(async () => (await platform.provider.calls())[0]?.state === 'aborted', { what: 'the call to close' });
  for (const read of [() => client.projects.get(projectId), () => client.runs.get(run.id)]) {
    await expect(read()).rejects.toMatchObject({ problem: { status: 404, code: 'not_found' } });
  }
}, 60_000);

leaveNothingRunning();
