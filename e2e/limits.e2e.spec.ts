import { createClient } from '@planwright/client';
import type { RunResource, StartRunRequest, StepResource } from '@planwright/contracts';
import { addCosts, addUsage, MICRO_UNITS } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';
import type { JournalEntry, QuotaCall } from '@planwright/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppProcess } from './src/app-process.js';
import { startRun, untilEnded, versionsOf } from './src/driver.js';
import type { Started } from './src/driver.js';
import type { PublishedPrice } from './src/limits/ledger-usage.js';
import { CLAUDE_HAIKU_4_5, GPT_4O_MINI, usedBy } from './src/limits/ledger-usage.js';
import { cacheKeyOf, markedOf, sharedStage } from './src/limits/prefix.js';
import { startProviderPlatform } from './src/limits/provider-platform.js';
import type { ProviderPlatform } from './src/limits/provider-platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';

/** A model each, so that what one test does to the limits of its model is no other one's business. */
const LIMITED_MODEL = 'gpt-4.1-nano';
const REFUSED_MODEL = 'gpt-4.1-mini';
const REQUESTS_PER_MINUTE = 240;
/** How long Redis refuses everything. */
const AWAY_MS = process.env['TEST_LONG'] ? 10_000 : 5_000;

let up: ProviderPlatform;
beforeAll(async () => {
  up = await startProviderPlatform({
    PLANWRIGHT_LIMITS: JSON.stringify({ [`openai/${LIMITED_MODEL}`]: { requests_per_minute: REQUESTS_PER_MINUTE } }),
  });
}, 90_000);
afterAll(() => up.stop(), 60_000);

const DRAFT_PRD = { documents: ['prd'], mode: 'draft' } as const satisfies StartRunRequest;
const DETAILED_PRD = { documents: ['prd'], mode: 'detailed' } as const satisfies StartRunRequest;

/** Ends well, or says what did not. */
async function untilSucceeded({ client, run }: Started, timeoutMs = 60_000): Promise<RunResource> {
  const ended = await untilEnded(client, run.id, timeoutMs);
  expect({ status: ended.status, error: ended.error }).toEqual({ status: 'succeeded', error: null });
  return ended;
}

const journalFrom = (from: number) => up.double.journal.slice(from);
const callsOf = (entries: readonly JournalEntry[]): QuotaCall[] =>
  entries.map(({ provider, callId }) => up.double.quotas[provider].ledger.call(callId ?? 'none'));

/** Steps, sections, versions and the run have what the provider's own books have. */
async function expectBooked(started: Started, run: RunResource, calls: readonly QuotaCall[], price: PublishedPrice) {
  const { provider, model } = run;
  const expected = usedBy(calls, price);
  expect(calls).toHaveLength(run.steps.length);
  expect({ usage: run.usage, cost: run.cost }).toEqual(expected);
  expect(run.steps.map((step) => [step.provider, step.model])).toEqual(run.steps.map(() => [provider, model]));
  const versions = Object.values(await versionsOf(started.client, run));
  for (const version of versions) {
    expect(version).toMatchObject({ provider, model });
    const { sections } = version;
    for (const section of sections) expect(section).toMatchObject({ provider, model, usage: { estimated: false } });
    expect(version.usage).toEqual(addUsage(sections.map(({ usage }) => usage)));
    expect(version.cost).toEqual(addCosts(sections.map(({ cost }) => cost)));
  }
  expect(addUsage(versions.map(({ usage }) => usage))).toEqual(run.usage);
  expect(addCosts(versions.map(({ cost }) => cost))).toEqual(run.cost);
}

test('a plan written by openai is booked to the token and to the millionth of a dollar', async () => {
  const started = await startRun(up.platform, { mode: 'draft' });
  const run = await untilSucceeded(started);
  expect(run).toMatchObject({ provider: 'openai', model: 'gpt-4o-mini' });
  expect(run.documents.map(({ kind }) => kind)).toEqual(['prd', 'tech_spec', 'task_set']);
  expect((await started.client.tasks.list(started.projectId)).items).toHaveLength(3);
  const calls = callsOf(journalFrom(0));
  await expectBooked(started, run, calls, GPT_4O_MINI);

  const expected = { calls: calls.length, ...usedBy(calls, GPT_4O_MINI) };
  const report = await started.client.usage.get();
  expect(report).toMatchObject({ ...expected, budget: null });
  expect(report.by_model).toEqual([{ provider: 'openai', model: 'gpt-4o-mini', ...expected }]);
  expect(up.double.quotas.openai.ledger.refusals()).toEqual([]);
}, 60_000);

test('sections that begin alike are sent after the first content of one of them, and openai reads its cache', async () => {
  const from = up.double.journal.length;
  const started = await startRun(up.platform, DETAILED_PRD);
  const run = await untilSucceeded(started);
  const together = journalFrom(from).filter((entry) => cacheKeyOf(entry) !== undefined);
  expect(together).toHaveLength(7);
  expect(new Set(together.map(cacheKeyOf)).size).toBe(1);
  expectFirstAlone(together);
  const calls = callsOf(journalFrom(from));
  await expectBooked(started, run, calls, GPT_4O_MINI);
  const { others, sharedTokens } = sharedStage(together);
  const read = callsOf(others).map(({ cachedInputTokens }) => cachedInputTokens);
  // OpenAI keeps steps of 128 tokens.
  expect(Math.min(...read)).toBe(sharedTokens - (sharedTokens % 128));
}, 60_000);

test('the same with anthropic: the followers read what the first one wrote', async () => {
  const from = up.double.journal.length;
  const started = await startRun(up.platform, { ...DETAILED_PRD, provider: 'anthropic' });
  const run = await untilSucceeded(started);
  expect(run).toMatchObject({ provider: 'anthropic', model: 'claude-haiku-4-5' });
  const entries = journalFrom(from);
  const together = entries.filter((entry) => markedOf(entry) !== undefined);
  expect(together).toHaveLength(7);
  expect(new Set(together.map(markedOf)).size).toBe(1);
  const { first, others } = expectFirstAlone(together);
  const kept = first.facts?.prefixes[0]?.tokens ?? 0;
  expect(callsOf([first])).toMatchObject([{ cacheWriteTokens: kept, cachedInputTokens: 0 }]);
  expect(callsOf(others)).toMatchObject(others.map(() => ({ cacheWriteTokens: 0, cachedInputTokens: kept })));
  await expectBooked(started, run, callsOf(entries), CLAUDE_HAIKU_4_5);
  expect(run.usage?.cached_input_tokens).toBe(6 * kept);
  expect(run.usage?.cached_input_tokens).toBeGreaterThan(0);
}, 60_000);

function expectFirstAlone(together: readonly JournalEntry[]) {
  const stage = sharedStage(together);
  const { first, others, sharedTokens } = stage;
  expect(sharedTokens).toBeGreaterThan(1_024);
  const contentAt = first.firstPieceAt ?? Infinity;
  const afterContentMs = others.map(({ receivedAt }) => receivedAt - contentAt);
  console.info(`${first.provider}: ${sharedTokens} tokens shared, followers ${afterContentMs.join(', ')} ms after it`);
  expect(Math.min(...afterContentMs)).toBeGreaterThanOrEqual(0);
  // They follow the content, not the end of the wait for it.
  expect(Math.max(...afterContentMs)).toBeLessThan(10_000);
  return stage;
}

test('a workspace that has used up its budget makes no further call, and says why with both amounts', async () => {
  const client = createClient({ url: up.platform.url });
  const spent = (await client.usage.get()).cost?.amount ?? 0;
  // What is left is less than a call takes.
  const limit = spent + 100;
  await setBudget((limit / MICRO_UNITS).toFixed(6));
  try {
    const from = up.double.journal.length;
    const started = await startRun(up.platform, DRAFT_PRD);
    const run = await untilEnded(client, started.run.id, 30_000);
    const failed = run.steps.filter(({ status }) => status === 'failed');
    const [first] = failed;
    expect(failed.map(({ problem }) => problem?.code)).toEqual([
      ...Array<string>(3).fill('budget'),
      ...Array<string>(4).fill('no_input'),
    ]);
    expect(first?.problem?.detail).toMatch(
      /^0\.0001 USD of \d+\.\d{2,4} USD are left; this call would take about 0\.000[2-9] USD$/,
    );
    expect(run).toMatchObject({ status: 'failed', usage: null, cost: null });
    expect(run.error).toContain(`Problem Statement (${first?.problem?.title})`);
    expect(journalFrom(from)).toEqual([]);
    expect((await client.usage.get()).budget).toMatchObject({ limit, spent, remaining: 100 });
  } finally {
    await setBudget('none');
  }
}, 60_000);

/** As an operator does. */
async function setBudget(amount: string): Promise<void> {
  const ops = new AppProcess({
    name: 'ops workspace',
    file: 'apps/ops/dist/main.js',
    args: ['workspace', '--monthly-budget', amount],
    env: { DATABASE_URL: up.platform.databaseUrl },
  });
  expect(await ops.ended).toEqual({ code: 0, signal: null });
}

test('after a 429 that names an instant everybody waits for it, says so, and goes on within a second of it', async () => {
  const request = { ...DRAFT_PRD, model: REFUSED_MODEL };
  const from = up.double.journal.length;
  const message = 'Rate limit reached for requests per min (RPM): Limit 5000, Used 5000, Requested 1.';
  up.double.fail({ kind: 'error', error: 'rate_limit', message, headers: { 'retry-after': '4' } });
  const refused = await startRun(up.platform, request);
  const own = await delayedStep(refused);
  const { endedAt } = journalFrom(from)[0] ?? {};
  const namedAt = (endedAt ?? 0) + 4_000;
  const others = await Promise.all([1, 2, 3].map(() => startRun(up.platform, request)));
  const waiting = await Promise.all(others.map(delayedStep));
  for (const step of [own, ...waiting]) {
    expect(step).toMatchObject({ reason: 'rate_limited', tries: 0 });
    expect(Date.parse(step.next_attempt_at ?? '')).toBeGreaterThanOrEqual(namedAt - 5);
  }
  // What was never sent is not a refusal of its own.
  expect([own, ...waiting].map(({ rate_limits }) => rate_limits)).toEqual([1, 0, 0, 0]);
  await Promise.all([refused, ...others].map((started) => untilSucceeded(started)));
  const [, ...after] = journalFrom(from).map(({ receivedAt }) => receivedAt - namedAt);
  console.info(`after a 429: first request ${Math.min(...after)} ms after the named instant`);
  expect(Math.min(...after)).toBeGreaterThanOrEqual(0);
  expect(Math.min(...after)).toBeLessThan(1_000);
  expect(journalFrom(from).filter(({ status }) => status !== 200)).toHaveLength(1);
}, 60_000);

/** The run's first step, once it waits. */
function delayedStep({ client, run }: Started): Promise<StepResource> {
  const find = async () => (await client.runs.get(run.id)).steps.find(({ status }) => status === 'delayed');
  return waitFor(find, { what: 'a delayed step', timeoutMs: 3_000 });
}

test('Redis is away for seconds under load: nothing is refused, lost or written twice', async () => {
  const { double, redis, platform } = up;
  double.quotas.openai.setLimits(Date.now(), { requests: REQUESTS_PER_MINUTE });
  const refusals = double.quotas.openai.ledger.refusals().length;
  const from = double.journal.length;
  const request = { ...DRAFT_PRD, model: LIMITED_MODEL };
  const going = await Promise.all(Array.from({ length: 6 }, () => startRun(platform, request)));
  await waitFor(() => journalFrom(from).length >= 8, { what: 'calls under way', timeoutMs: 20_000 });
  const awayAt = Date.now();
  redis.refuse();
  going.push(...(await Promise.all(Array.from({ length: 4 }, () => startRun(platform, request)))));
  await sleep(AWAY_MS - (Date.now() - awayAt));
  redis.resume();
  const backAt = Date.now();
  const runs = await Promise.all(going.map((started) => untilSucceeded(started, 60_000)));
  const entries = journalFrom(from);
  const meanwhile = entries.filter(({ receivedAt }) => receivedAt > awayAt && receivedAt < backAt).length;
  const steps = runs.flatMap((run) => run.steps);
  console.info(
    `Redis away for ${AWAY_MS / 1_000} s: ${meanwhile} of ${entries.length} calls were made meanwhile, ${steps.length} steps`,
  );
  // Neither shut nor open: a share of the limit goes on.
  expect(meanwhile).toBeGreaterThan(AWAY_MS / 1_000);
  expect(double.quotas.openai.ledger.refusals().length).toBe(refusals);
  expect(entries.map(({ end }) => end)).toEqual(steps.map(() => 'completed'));
  const versions = await Promise.all(going.map(async ({ client }, i) => (await versionsOf(client, runs[i]!))['prd']));
  const stored = versions.flatMap((version) => version?.sections.map(({ content }) => content) ?? []);
  expect(stored.toSorted()).toEqual(entries.map(({ text }) => text).toSorted());
  const verify = new AppProcess({
    name: 'ops verify',
    file: 'apps/ops/dist/main.js',
    args: ['verify', '--all'],
    env: { DATABASE_URL: platform.databaseUrl },
  });
  expect(await verify.ended).toEqual({ code: 0, signal: null });
}, 120_000);

leaveNothingRunning();
