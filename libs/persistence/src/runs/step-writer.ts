import { createHash } from 'node:crypto';
import { sentenceOf } from '@planwright/contracts';
import type { Effect } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { mustChange } from '../sql.js';
import type { Cause, LockedRun, StepResult } from './locked-run.js';

export type StepEffect = Extract<Effect, { stepId: string }>;

/** A step that no longer waits. */
const AWAKE = 'next_attempt_at = NULL, position = NULL';

/** Writes the effects on steps and their sections. Every statement on a step is fenced by its attempt and its status. */
export class StepWriter {
  private readonly attempts: Map<string, number>;

  constructor(
    private readonly manager: EntityManager,
    private readonly run: LockedRun,
    private readonly result: StepResult | undefined,
    private readonly cause: Cause | undefined,
  ) {
    this.attempts = attemptsOf(run);
  }

  async write(effect: StepEffect): Promise<void> {
    const { stepId } = effect;
    const result = this.result?.stepId === stepId ? this.result : undefined;
    switch (effect.type) {
      case 'step_issued':
        await this.step(
          effect,
          ['queued', 'running', 'delayed'],
          `status = 'queued', attempt = $1, timeout_ms = $2, tries = $3, spent_ms = $4, repair = $5, losses = $6, issued_at = clock_timestamp(), seen_at = clock_timestamp(),
           admitted_at = NULL, cause_id = $7, traceparent = $8, started_at = NULL, deadline = NULL, streaming = false, reason = NULL, error = NULL, problem = NULL, ${AWAKE}`,
          [
            effect.attempt,
            effect.timeoutMs,
            effect.tries,
            effect.spentMs,
            json(effect.repair),
            effect.losses,
            this.cause?.id ?? null,
            this.cause?.traceparent ?? null,
          ],
        );
        this.attempts.set(stepId, effect.attempt);
        return this.section(effect, `status = 'pending'`, []);
      case 'step_began':
        await this.step(
          effect,
          ['queued', 'running'],
          `status = 'running', started_at = $1, deadline = $1::timestamptz + timeout_ms * interval '1 millisecond', seen_at = clock_timestamp(),
           streaming = false`,
          [new Date(effect.at)],
        );
        return this.section(effect, `status = 'generating'`, []);
      case 'step_streamed':
        return this.step(effect, ['running'], 'streaming = true, seen_at = clock_timestamp()', []);
      case 'step_postponed':
        await this.step(
          effect,
          ['queued', 'running'],
          `status = 'delayed', next_attempt_at = $1, reason = $2, position = $3, tries = $4, rate_limits = $5, spent_ms = $6,
           repair = $7, problem = $8, error = $9, deadline = NULL, streaming = false`,
          [
            new Date(effect.nextAttemptAt),
            effect.reason,
            effect.position,
            effect.tries,
            effect.rateLimits,
            effect.spentMs,
            json(effect.repair),
            json(effect.problem),
            effect.problem && sentenceOf(effect.problem),
          ],
        );
        return this.section(effect, `status = 'pending'`, []);
      case 'section_completed':
        return this.complete(effect, result);
      case 'section_failed': {
        const error = sentenceOf(effect.problem);
        await this.step(
          effect,
          ['queued', 'running', 'delayed'],
          `status = 'failed', tries = $1, problem = $2, error = $3, finished_at = $4, reason = NULL, ${AWAKE}`,
          [effect.tries, json(effect.problem), error, new Date(effect.at)],
        );
        return this.section(effect, `status = 'failed', problem = $1, error = $2, draft = $3`, [
          json(effect.problem),
          error,
          result?.draft || null,
        ]);
      }
      case 'section_cancelled':
        await this.step(
          effect,
          ['queued', 'running', 'delayed'],
          `status = 'cancelled', reason = $1, finished_at = $2, error = NULL, problem = NULL, ${AWAKE}`,
          [effect.reason, new Date(effect.at)],
        );
        return this.section(effect, `status = 'cancelled', draft = $1`, [result?.draft || null]);
    }
  }

  private async complete(effect: Extract<StepEffect, { type: 'section_completed' }>, result: StepResult | undefined) {
    if (!result?.content) throw new Error(`section of step ${effect.stepId} completed without a text`);
    const provider = result.provider ?? this.run.provider;
    const model = result.model ?? this.run.model;
    await this.step(
      effect,
      ['queued', 'running'],
      `status = 'succeeded', started_at = $1, finished_at = $2, provider = $3, model = $4, reason = NULL, error = NULL,
       problem = NULL, ${AWAKE}`,
      [new Date(effect.startedAt), new Date(effect.at), provider, model],
    );
    await this.section(
      effect,
      `status = 'completed', content = $1, sha256 = $2, provider = $3, model = $4, prompt_hash = $5, template_hash = $6,
       input_hash = $7, generated_at = $8, usage = (SELECT steps.usage FROM steps WHERE steps.id = sections.step_id)`,
      [
        result.content,
        createHash('sha256').update(result.content, 'utf8').digest('hex'),
        provider,
        model,
        result.hashes?.prompt ?? null,
        result.hashes?.template ?? null,
        result.hashes?.input ?? null,
        new Date(effect.at),
      ],
    );
  }

  /** `set` counts its parameters from $1. A command raises the attempt by one; all else speaks of the current one. */
  private step(effect: StepEffect, from: readonly string[], set: string, values: unknown[]): Promise<void> {
    const attempt = effect.type === 'step_issued' ? effect.attempt - 1 : this.attempts.get(effect.stepId);
    if (attempt === undefined) throw new Error(`${effect.type}: run ${this.run.runId} has no step ${effect.stepId}`);
    const next = values.length;
    return mustChange(
      this.manager,
      `${effect.type} of step ${effect.stepId}, attempt ${attempt}`,
      `UPDATE steps SET ${set}
       WHERE id = $${next + 1} AND run_id = $${next + 2} AND attempt = $${next + 3} AND status = ANY($${next + 4}::text[])`,
      [...values, effect.stepId, this.run.runId, attempt, from],
    );
  }

  /** A section that is final stays as it is, whatever comes later. */
  private section(effect: StepEffect, set: string, values: unknown[]): Promise<void> {
    return mustChange(
      this.manager,
      `${effect.type} of the section of step ${effect.stepId}`,
      `UPDATE sections SET ${set} WHERE step_id = $${values.length + 1} AND status IN ('pending', 'generating')
       AND version_id IN (SELECT id FROM document_versions WHERE run_id = $${values.length + 2})`,
      [...values, effect.stepId, this.run.runId],
    );
  }
}

export function attemptsOf({ state }: LockedRun): Map<string, number> {
  return new Map(
    state.documents.flatMap(({ steps }) => steps.map(({ stepId, attempt }) => [stepId, attempt] as const)),
  );
}

const json = (value: object | null): string | null => value && JSON.stringify(value);
