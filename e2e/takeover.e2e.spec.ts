import { waitFor } from '@planwright/testing';
import type { LedgerCall } from '@planwright/testing';
import { expectExact } from './src/checks.js';
import type { Distributed } from './src/distributed.js';
import { startDistributed } from './src/distributed.js';
import { startRun, untilEnded, versionsOf } from './src/driver.js';
import { FOLLOWS } from './src/followers.js';
import { plainWriter } from './src/plain-writer.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

/** A section takes a second and a half. */
const PACE = { firstDelayMs: 50, delayMs: 25, chunks: 60 };

let platform: Distributed;
beforeAll(async () => {
  platform = await startDistributed({ generators: 3, answer: plainWriter(PACE) });
}, 90_000);
afterAll(() => platform.stop(), 60_000);

const callsFor = (section: string, from: number) =>
  platform.ledger.calls.slice(from).filter(({ sectionId }) => sectionId === section);
const writerOf = ({ caller }: LedgerCall) => platform.generators[Number(caller.split('-')[1]) - 1]!;

/** A run, and the first call for this section of it once some of its text has gone out. */
async function midStream(section: string) {
  const from = platform.ledger.calls.length;
  const { client, run } = await startRun(platform, { documents: ['prd'], mode: 'draft' });
  const follower = await FOLLOWS[0]![1]({ url: platform.url, runId: run.id });
  await follower.transcript.until(
    `text of ${section}`,
    (e) => e.type === 'chunk' && e.section_id === section && e.offset > 200,
  );
  const [call] = callsFor(section, from);
  return { client, runId: run.id, follower, from, call: call! };
}

/** What was paid for: each section once, and what was really cut off. */
function expectNothingPaidTwice(from: number, steps: number): void {
  const calls = platform.ledger.calls.slice(from);
  expect(calls.filter(({ state }) => state === 'finished')).toHaveLength(steps);
  expect(calls.length).toBe(steps + calls.filter(({ state }) => state === 'cut').length);
}

test('when a generator is killed in the middle of a section, another takes over', async () => {
  const { client, runId, follower, from, call } = await midStream('goals_objectives');
  const killedAt = Date.now();
  await writerOf(call).kill();
  await waitFor(() => callsFor('goals_objectives', from).length === 2, { what: 'the next call', timeoutMs: 30_000 });
  const tookMs = callsFor('goals_objectives', from)[1]!.startedAt - killedAt;
  console.info(`takeover after SIGKILL: ${tookMs} ms`);
  expect(tookMs).toBeLessThan(20_000);
  const run = await untilEnded(client, runId, 60_000);
  expect(run).toMatchObject({ status: 'succeeded' });
  await follower.transcript.untilEnd(10_000);
  expectExact(follower.transcript, run, await versionsOf(client, run));
  follower.cut();
  expectNothingPaidTwice(from, run.steps.length);
  await platform.startGenerator();
}, 120_000);

test('when a generator freezes, another takes over, and nothing of the frozen one counts or shows', async () => {
  const { client, runId, follower, from, call } = await midStream('proposed_solution');
  const frozen = writerOf(call);
  const frozenAt = Date.now();
  frozen.signal('SIGSTOP');
  await waitFor(() => callsFor('proposed_solution', from).length === 2, { what: 'the next call', timeoutMs: 60_000 });
  const tookMs = callsFor('proposed_solution', from)[1]!.startedAt - frozenAt;
  console.info(`takeover of a frozen generator: ${tookMs} ms`);
  expect(tookMs).toBeLessThan(45_000);
  // It wakes up while the other one writes, with a whole text in its socket.
  frozen.signal('SIGCONT');
  const run = await untilEnded(client, runId, 60_000);
  expect(run).toMatchObject({ status: 'succeeded' });
  await follower.transcript.untilEnd(10_000);
  const versions = await versionsOf(client, run);
  expectExact(follower.transcript, run, versions);
  follower.cut();
  const [, second] = callsFor('proposed_solution', from);
  const stored = versions['prd']?.sections.find(({ id }) => id === 'proposed_solution');
  expect(stored?.content).toBe(second!.text);
  const step = run.steps.find(({ section_id }) => section_id === 'proposed_solution');
  expect(step).toMatchObject({ attempt: 2, tries: 0, error: null });
}, 150_000);

leaveNothingRunning();
