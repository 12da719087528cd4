import { expectExact } from './src/checks.js';
import { startDistributed } from './src/distributed.js';
import type { Distributed } from './src/distributed.js';
import { startRun, untilEnded, versionsOf } from './src/driver.js';
import { FOLLOWS } from './src/followers.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { Transcript } from './src/transcript.js';
import { waitFor } from '@planwright/testing';

const SIDE_BY_SIDE = [
  'functional_requirements',
  'non_functional_requirements',
  'technical_considerations',
  'success_metrics',
  'timeline_milestones',
  'risks_mitigations',
  'appendix',
];

let platform: Distributed;
beforeAll(async () => void (platform = await startDistributed({ scripted: true })), 60_000);
beforeEach(() => platform.provider.reset());
afterAll(() => platform?.stop(), 60_000);

test('all seven sections of stage 2 are under way at one instant, and a read shows the text so far of each', async () => {
  for (const section of SIDE_BY_SIDE) await platform.provider.script(section, { holdAfter: 5 });
  const { client, run: begun } = await startRun(platform, { documents: ['prd'] });
  await waitFor(async () => (await platform.provider.calls()).filter(({ state }) => state === 'held').length === 7, {
    what: 'seven calls at once',
    timeoutMs: 20_000,
  });
  const run = await waitFor(
    async () => {
      const read = await client.runs.get(begun.id);
      return read.steps.filter(({ status }) => status === 'running').length === 7 && read;
    },
    { what: 'seven running steps' },
  );
  expect(run).toMatchObject({ current_stage: 2, sections_completed: 4, sections_total: 12 });
  expect(run.writing.map(({ section_id }) => section_id).toSorted()).toEqual(SIDE_BY_SIDE.toSorted());
  for (const { content, section_id } of run.writing) expect(content).toMatch(`Text of ${section_id}, the section`);

  // Whoever comes now by the snapshot, or from the beginning, or again after a cut, ends with the same text.
  const tails = await Promise.all(
    FOLLOWS.map(([, follow]) => follow({ url: platform.url, runId: begun.id, resume: Transcript.after(run) })),
  );
  const whole = await Promise.all(
    FOLLOWS.map(async ([, follow]) => {
      const { transcript, cut } = await follow({ url: platform.url, runId: begun.id });
      await transcript.until('text', ({ type }) => type === 'chunk');
      cut();
      return follow({ url: platform.url, runId: begun.id, resume: transcript });
    }),
  );
  for (const section of SIDE_BY_SIDE) await platform.provider.release(section);
  const ended = await untilEnded(client, begun.id, 30_000);
  const versions = await versionsOf(client, ended);
  const unseen = new Set(
    run.steps
      .filter(({ status }) => status === 'succeeded')
      .map(({ section_id }) => `${run.documents[0]?.id}/${section_id}`),
  );
  expect(ended.status).toBe('succeeded');
  for (const { transcript, cut } of [...tails, ...whole]) {
    await transcript.untilEnd(10_000);
    cut();
  }
  for (const { transcript } of tails) expectExact(transcript, ended, versions, { unseen });
  for (const { transcript } of whole) expectExact(transcript, ended, versions);
}, 60_000);

test('a position of another log is answered by a reset and the whole run', async () => {
  const { client, run: begun } = await startRun(platform, { documents: ['prd'], mode: 'draft' });
  const run = await untilEnded(client, begun.id, 30_000);
  const versions = await versionsOf(client, run);
  for (const [, follow] of FOLLOWS) {
    const stale = Transcript.after({ ...run, writing: [], stream: { epoch: 'gone', seq: 7 } });
    const { transcript, cut } = await follow({ url: platform.url, runId: run.id, resume: stale });
    await transcript.untilEnd(10_000);
    expectExact(transcript, run, versions, { resets: 1 });
    cut();
  }
}, 60_000);

leaveNothingRunning();
