import { setTimeout as sleep } from 'node:timers/promises';
import type { StartRunRequest } from '@planwright/contracts';
import { startDistributed } from '@planwright/e2e/distributed';
import { startRun } from '@planwright/e2e/driver';
import { query } from '@planwright/e2e/rows';
import type { JournalEntry } from '@planwright/testing';
import { startQuotaDouble, waitFor } from '@planwright/testing';
import { median, quantile, rounded, show } from '../figures.js';
import { plainAnswers } from '../preview/model-texts.js';

/** Runs whose first step waits. */
const STEPS = Number(process.env['BENCH_STEPS'] ?? 200);
/** What the 429 names: time enough to start them all. */
const RETRY_AFTER_S = Number(process.env['BENCH_RETRY_AFTER_S'] ?? 20);
const STARTED_AT_ONCE = 8;
/** Nobody asks anything for so long after the instant. */
const SETTLE_MS = 10_000;
/** So much that nobody waits for it. */
const LIMITS = { requests: 600_000, tokens: 1e9 };
/** As a model thinks before its first word: no run comes to its next step while the others are still to be woken. */
const THINKING = { firstTokenMs: 10_000 };

interface Delayed {
  id: string;
  reason: string;
  next_attempt_at: Date;
}

/**
 * From the instant a 429 named to the request of every step that waited for it. The first call is refused; the steps
 * started after that are told to wait without a call.
 */
export async function wakeUp(): Promise<object> {
  const write = plainAnswers(1);
  const double = await startQuotaDouble({
    openai: { limits: LIMITS },
    answer: (request) => ({ ...write(request), ...THINKING }),
  });
  const platform = await startDistributed({
    env: {
      PLANWRIGHT_PROVIDER: 'openai',
      OPENAI_API_KEY: 'sk-double',
      OPENAI_BASE_URL: double.urls.openai,
      // A slot for each: what waits for a slot is another figure.
      GENERATOR_CONCURRENCY: String(STEPS + 1),
      PLANWRIGHT_LIMITS: JSON.stringify({
        openai: { requests_per_minute: LIMITS.requests, tokens_per_minute: LIMITS.tokens },
      }),
    },
  });
  try {
    // The limit it names is learned as any other.
    const { requests } = LIMITS;
    const message = `Rate limit reached on requests per min (RPM): Limit ${requests}, Used ${requests}, Requested 1.`;
    double.fail({ kind: 'error', error: 'rate_limit', message, headers: { 'retry-after': String(RETRY_AFTER_S) } });
    const delayed = () =>
      query<Delayed>(platform.databaseUrl, `SELECT id, reason, next_attempt_at FROM steps WHERE status = 'delayed'`);
    const request: StartRunRequest = { documents: ['prd'], mode: 'draft' };
    // In the other mode, so that its prompt can be told from those of the steps that wait with it.
    await startRun(platform, { ...request, mode: 'detailed' });
    await waitFor(async () => (await delayed()).length === 1, { what: 'the step that was refused', timeoutMs: 10_000 });
    const [refused] = double.journal;
    const namedAt = (refused?.endedAt ?? Number.NaN) + RETRY_AFTER_S * 1_000;
    let left = STEPS;
    const startOneByOne = async () => {
      while (left-- > 0) await startRun(platform, request);
    };
    await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startOneByOne));
    const isAtRest = async () => (await delayed()).length === STEPS + 1;
    await waitFor(isAtRest, { what: 'all steps to wait', timeoutMs: Math.max(1, namedAt - Date.now()) });
    const steps = await delayed();
    const others = steps.filter(({ reason }) => reason !== 'rate_limited').length;
    const toldMs = steps.map(({ next_attempt_at }) => next_attempt_at.getTime() - namedAt);

    // Asked for in one statement, once a second: two hundred clients that look for themselves would be what is measured.
    await sleep(Math.max(0, namedAt + SETTLE_MS - Date.now()));
    const issued = await query<{ issued_at: Date }>(
      platform.databaseUrl,
      'SELECT issued_at FROM steps WHERE attempt = 2 AND rate_limits = 0',
    );
    const issuedMs = issued.map(({ issued_at }) => issued_at.getTime() - namedAt);
    double.answerWith(write);
    const runs = () =>
      query<{ status: string }>(
        platform.databaseUrl,
        `SELECT status FROM runs WHERE status NOT IN ('queued', 'running')`,
      );
    while ((await runs()).length < STEPS + 1) await sleep(1_000);
    const succeeded = (await runs()).filter(({ status }) => status === 'succeeded').length;
    const afterMs = ({ receivedAt }: JournalEntry) => receivedAt - namedAt;
    const calls = double.journal.slice(1);
    const waitedMs = callsAlike(calls, refused).map(afterMs);
    const own = calls.find(({ facts }) => facts?.prompt === refused?.facts?.prompt);
    const figures = {
      steps: waitedMs.length,
      named_in_seconds: RETRY_AFTER_S,
      other_reasons: others,
      told_ms: { min: Math.min(...toldMs), p50: median(toldMs), p99: rounded(quantile(toldMs, 0.99)) },
      issued_ms: { min: Math.min(...issuedMs), p50: median(issuedMs), p99: quantile(issuedMs, 0.99) },
      first_call_ms: Math.min(...calls.map(afterMs)),
      min_ms: Math.min(...waitedMs),
      p50_ms: median(waitedMs),
      p99_ms: quantile(waitedMs, 0.99),
      worst_ms: Math.max(...waitedMs),
      refused_step_ms: own ? afterMs(own) : null,
      refused: double.journal.filter(({ status }) => status !== 200).length,
      runs_succeeded: succeeded,
    };
    show(`${figures.steps} steps waited for a named instant; first call ${figures.first_call_ms} ms after it`);
    show(`  request after it: min ${figures.min_ms} ms, p50 ${figures.p50_ms} ms, p99 ${figures.p99_ms} ms`);
    const { issued_ms } = figures;
    show(`  issued again by then: min ${issued_ms.min} ms, p50 ${issued_ms.p50} ms, p99 ${issued_ms.p99} ms`);
    show(`  refused calls ${figures.refused}; runs that succeeded ${succeeded} of ${STEPS + 1}`);
    return figures;
  } finally {
    await platform.stop();
    await double.close();
  }
}

/** The first call of each step that waited: they ask for the same section of the same idea, to the byte. */
function callsAlike(calls: readonly JournalEntry[], refused: JournalEntry | undefined): JournalEntry[] {
  const first = calls.find(({ facts }) => facts?.prompt !== refused?.facts?.prompt);
  return calls.filter(({ facts }) => facts?.prompt === first?.facts?.prompt);
}
