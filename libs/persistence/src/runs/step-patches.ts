import { createHash } from 'node:crypto';
import { sentenceOf } from '@planwright/contracts';
import type { StepStatus } from '@planwright/contracts';
import type { Effect } from '@planwright/plan';
import type { Cause, LockedRun, StepResult } from './locked-run.js';
import { at } from './row-patch.js';
import type { Patch } from './row-patch.js';

export type StepEffect = Extract<Effect, { stepId: string }>;

/** What an effect changes of a step and of its section, and the states of the step that allow it. */
export interface StepPatches {
  from: readonly StepStatus[];
  step: Patch & { status: StepStatus; attempt?: number };
  section?: Patch;
}

const OPEN = ['queued', 'running', 'delayed'] as const;
const HELD = ['queued', 'running'] as const;
/** A step that no longer waits. */
const AWAKE = { next_attempt_at: null, position: null };
const NO_PROBLEM = { error: null, problem: null };

export function stepPatches(
  effect: StepEffect,
  run: Pick<LockedRun, 'lockedAt' | 'provider' | 'model'>,
  result: StepResult | undefined,
  cause: Cause | undefined,
): StepPatches {
  const seen = { seen_at: at(run.lockedAt) };
  const draft = result?.draft || null;
  switch (effect.type) {
    case 'step_issued': {
      const { attempt, timeoutMs: timeout_ms, tries, spentMs: spent_ms, repair, losses } = effect;
      const origin = { cause_id: cause?.id ?? null, traceparent: cause?.traceparent ?? null };
      const issued = { issued_at: at(run.lockedAt), admitted_at: null, ...origin, ...seen };
      const fresh = { started_at: null, streaming: false, reason: null, ...NO_PROBLEM, ...AWAKE };
      const counts = { attempt, timeout_ms, tries, spent_ms, repair, losses };
      return { from: OPEN, step: { status: 'queued', ...counts, ...issued, ...fresh }, section: { status: 'pending' } };
    }
    case 'step_began': {
      const step = { status: 'running', started_at: at(effect.at), streaming: false, ...seen } as const;
      return { from: HELD, step, section: { status: 'generating' } };
    }
    case 'step_streamed':
      return { from: ['running'], step: { status: 'running', streaming: true, ...seen } };
    case 'step_postponed': {
      const { reason, position, tries, rateLimits: rate_limits, spentMs: spent_ms, repair, problem } = effect;
      const wait = { next_attempt_at: at(effect.nextAttemptAt), reason, position, streaming: false };
      const error = problem && sentenceOf(problem);
      const step = { status: 'delayed', ...wait, tries, rate_limits, spent_ms, repair, problem, error } as const;
      return { from: OPEN, step, section: { status: 'pending' } };
    }
    case 'section_completed':
      return { from: HELD, ...completed(effect, run, result) };
    case 'section_failed': {
      const { problem, tries } = effect;
      const failure = { status: 'failed', problem, error: sentenceOf(problem) } as const;
      const step = { ...failure, tries, finished_at: at(effect.at), reason: null, ...AWAKE };
      return { from: OPEN, step, section: { ...failure, draft } };
    }
    case 'section_cancelled': {
      const { reason } = effect;
      const step = { status: 'cancelled', reason, finished_at: at(effect.at), ...NO_PROBLEM, ...AWAKE } as const;
      return { from: OPEN, step, section: { status: 'cancelled', draft } };
    }
  }
}

function completed(
  effect: Extract<StepEffect, { type: 'section_completed' }>,
  run: Pick<LockedRun, 'provider' | 'model'>,
  result: StepResult | undefined,
): Omit<StepPatches, 'from'> {
  if (!result?.content) throw new Error(`section of step ${effect.stepId} completed without a text`);
  const { content, provider = run.provider, model = run.model, hashes } = result;
  const finished_at = at(effect.at);
  const span = { started_at: at(effect.startedAt), finished_at };
  return {
    step: { status: 'succeeded', ...span, provider, model, reason: null, ...NO_PROBLEM, ...AWAKE },
    section: {
      status: 'completed',
      content,
      sha256: createHash('sha256').update(content, 'utf8').digest('hex'),
      provider,
      model,
      prompt_hash: hashes?.prompt ?? null,
      template_hash: hashes?.template ?? null,
      input_hash: hashes?.input ?? null,
      made_from: hashes?.made_from ?? null,
      generated_at: finished_at,
      warnings: result.warnings ?? [],
    },
  };
}
