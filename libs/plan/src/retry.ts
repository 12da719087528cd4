import {
  FAILURES,
  JITTER_SHARE,
  MAX_DELAY_MS,
  MIN_RATE_LIMIT_DELAY_MS,
  problemOf,
  type FailureCode,
  type OutputFormat,
  type RetryPolicy,
  type StepProblem,
} from '@planwright/contracts';
import { goOn } from './advance.js';
import type { Effect } from './effects.js';
import type { RunEvent } from './events.js';
import type { Instant, Repair, RunState } from './state.js';
import { type OpenStep, type Place, sectionOfStep, timeLimitMs } from './steps.js';

type StepFailed = Extract<RunEvent, { type: 'step_failed' }>;

/** What a failure leads to: another try after a wait (0 = at once), or the end of the section. */
export type Verdict =
  | { readonly retry: false; readonly tries: number; readonly problem: StepProblem }
  | {
      readonly retry: true;
      readonly waitMs: number;
      readonly tries: number;
      readonly rateLimits: number;
      readonly spentMs: number;
      readonly repair: Repair | null;
      readonly problem: StepProblem;
    };

/** With less provider time than this left, another try could only time out. */
const MIN_TRY_MS = 1_000;

/** Failures of the answer, not of the call: the next try is told what was wrong. A step gets one such try. */
const REPAIRED: ReadonlySet<FailureCode> = new Set(['truncated', 'malformed']);

const ONCE: RetryPolicy = { maxRetries: 1, delaysMs: [30_000], usesTry: true };
const NEVER: RetryPolicy = { maxRetries: 0, delaysMs: [], usesTry: true };

/** Where a kind of run has a policy of its own; everything else is in `FAILURES`. */
const POLICIES_BY_KIND: Readonly<Record<string, Partial<Record<FailureCode, RetryPolicy>>>> = {
  feature: { overloaded: ONCE, timeout: ONCE, connection: ONCE, server_error: ONCE },
};

/** Data of a feature that does not fit its schema is permanent: the same model was told that schema just now. */
export function retryPolicy(runKind: RunState['kind'], code: FailureCode, output: OutputFormat): RetryPolicy {
  if (runKind === 'feature' && code === 'malformed' && output === 'tasks') return NEVER;
  return POLICIES_BY_KIND[runKind]?.[code] ?? FAILURES[code].retry;
}

/** Decides a failure by policy, tries made and provider time left. */
export function judgeFailure(runKind: RunState['kind'], place: Place<OpenStep>, event: StepFailed): Verdict {
  const { step } = place;
  const { failure, at } = event;
  const policy = retryPolicy(runKind, failure.code, sectionOfStep(place).output);
  const tries = step.tries + (policy.usesTry ? 1 : 0);
  const spentMs = step.spentMs + (policy.usesTry ? providerTimeMs(step, at) : 0);
  const limitMs = timeLimitMs(place);
  if (!mayTryAgain(step, failure.code, policy)) return { retry: false, tries, problem: problemOf(failure) };
  if (limitMs - spentMs < MIN_TRY_MS) {
    const detail = `${failure.detail.replace(/[.\s]+$/, '')}. No time for another try: ${seconds(spentMs)} of the section's ${seconds(limitMs)} s of provider time are used`;
    return { retry: false, tries, problem: problemOf({ code: failure.code, detail }) };
  }
  return {
    retry: true,
    waitMs: waitMs(policy, step, event),
    tries,
    rateLimits: step.rateLimits + (policy.usesTry ? 0 : 1),
    spentMs,
    repair: REPAIRED.has(failure.code) ? { code: failure.code, detail: failure.detail } : step.repair,
    problem: problemOf(failure),
  };
}

/** What waits is postponed; what need not wait is issued in the same decision. */
export function retryEffect(place: Place, verdict: Extract<Verdict, { retry: true }>, at: Instant): Effect {
  if (verdict.waitMs === 0) return goOn(place, at, verdict);
  const { waitMs: wait, retry: _retry, ...kept } = verdict;
  const { stepId } = place.step;
  const reason = verdict.problem.code;
  return { type: 'step_postponed', stepId, nextAttemptAt: at + wait, reason, position: null, ...kept };
}

function mayTryAgain(step: OpenStep, code: FailureCode, policy: RetryPolicy): boolean {
  if (REPAIRED.has(code)) return policy.maxRetries > 0 && step.repair === null;
  return !policy.usesTry || step.tries < policy.maxRetries;
}

/** From the start of the attempt to its failure; an attempt that was refused by a limit counts as waiting. */
function providerTimeMs(step: OpenStep, at: Instant): number {
  return step.status === 'running' ? Math.max(0, at - step.startedAt) : 0;
}

/**
 * The policy's wait, spread by ± 20 %. An instant named by the provider is never undercut: it is spread forwards only,
 * and replaces the ladder of `rate_limited` altogether.
 */
function waitMs(policy: RetryPolicy, step: OpenStep, { failure, at, jitter }: StepFailed): number {
  const rung = policy.usesTry ? step.tries : step.rateLimits;
  const ladder = (policy.delaysMs[rung] ?? policy.delaysMs.at(-1) ?? 0) * (1 + JITTER_SHARE * (2 * jitter - 1));
  const resetMs = failure.resets_at === null ? Number.NaN : Date.parse(failure.resets_at) - at;
  const named = Math.max(resetMs, MIN_RATE_LIMIT_DELAY_MS) * (1 + JITTER_SHARE * jitter);
  if (Number.isNaN(named)) return bounded(ladder);
  return bounded(policy.usesTry ? Math.max(ladder, named) : named);
}

function bounded(ms: number): number {
  return Math.min(Math.round(ms), MAX_DELAY_MS);
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
