import { setTimeout as sleep } from 'node:timers/promises';
import { runChannel } from '@planwright/contracts';
import type { AnyMessage } from '@planwright/contracts';
import type { LiveLog } from '@planwright/live';
import { SectionStream } from '@planwright/live';
import type { GenerateRequest, Provider } from '@planwright/llm';
import { findProvider, ProviderFailure } from '@planwright/llm';
import type { Clock, Logger } from '@planwright/runtime';
import type { CallOutcome } from '../provider-call/call-provider.js';
import { callProvider } from '../provider-call/call-provider.js';
import type { CallLimits } from '../provider-call/watchdog.js';
import type { Fence, RunningStep, RunningSteps } from './running-steps.js';
import type { StepGenerate } from './step-facts.js';
import { StepFacts } from './step-facts.js';

/** What a step needs of the world. */
export interface GenerateStepParts {
  /** Resolves when the broker has taken every message. */
  broker: { publish(messages: readonly AnyMessage[]): Promise<void> };
  live: Pick<LiveLog, 'appendSection'>;
  providers: ReadonlyMap<string, Provider>;
  running: RunningSteps;
  clock: Clock;
  log: Logger;
  limits?: Partial<StepLimits>;
}

export interface StepLimits extends Omit<CallLimits, 'totalMs'> {
  /** How long the result waits for the last piece of live text. */
  flushMs: number;
  /** Pauses before the result is published again after the broker did not take it. */
  publishPausesMs: readonly number[];
}

/** Reasoning models think up to a minute before they write; a gap of half a minute within a text is a dead line. */
const DEFAULT_LIMITS: StepLimits = {
  firstContentMs: 60_000,
  gapMs: 30_000,
  flushMs: 2_000,
  publishPausesMs: [500, 2_000, 5_000],
};

/**
 * One command, one provider call, one result. Facts are confirmed by the broker before the command is acknowledged: if
 * publishing fails this throws, the command is delivered again, and the redelivery is answered with `step.lost`.
 *
 * Architecture invariant: nothing here sets a status, retries a call or knows a blueprint. The engine decides by facts.
 */
export class GenerateStep {
  private readonly limits: StepLimits;

  constructor(private readonly parts: GenerateStepParts) {
    this.limits = { ...DEFAULT_LIMITS, ...parts.limits };
  }

  async execute(command: StepGenerate, delivery: { redelivered: boolean }): Promise<void> {
    const { running, broker, clock } = this.parts;
    const fence: Fence = { stepId: command.payload.step_id, attempt: command.payload.attempt };
    const facts = new StepFacts(command, clock);
    if (running.has(fence)) return;
    if (running.wasCancelled(fence)) return broker.publish([facts.cancelled({ draft: null, usage: null })]);
    // Nothing is known here of other processes: a redelivery ends its attempt and the engine issues the next one, so two
    // workers never write under one fence.
    if (delivery.redelivered) return broker.publish([facts.lost()]);
    const step = running.begin(fence);
    try {
      await this.write(command, facts, step);
    } finally {
      step.end();
    }
  }

  private async write(command: StepGenerate, facts: StepFacts, step: RunningStep): Promise<void> {
    const { broker, live, log } = this.parts;
    const { run_id, document, document_id, section_id, attempt } = command.payload;
    await broker.publish([facts.started()]);
    const section = { run_id, document, document_id, section_id, attempt };
    const stream = new SectionStream({ live, channel: runChannel(run_id), section, log });
    try {
      stream.start();
      let streaming: Promise<void> | undefined;
      const outcome = await this.call(command, AbortSignal.any([step.signal, stream.fenced]), (text) => {
        // Only who waits for it is hurt if this one is lost: it must not cost the text.
        streaming ??= broker.publish([facts.streaming()]).catch((error: unknown) => {
          log.warn({ err: error, step: command.payload.step_id }, 'step.streaming could not be published');
        });
        stream.write(text);
      });
      await Promise.all([stream.finish(this.limits.flushMs), streaming]);
      await this.settle(factOf(outcome, facts, step));
      log.info(
        { run: run_id, step: command.payload.step_id, attempt, section: section_id, outcome: outcome.kind },
        'step ended',
      );
    } finally {
      stream.close();
    }
  }

  /** A finished text has cost time and money: a broker that is away for a moment must not lose it. */
  private async settle(fact: AnyMessage): Promise<void> {
    const { broker, log } = this.parts;
    for (const pauseMs of this.limits.publishPausesMs) {
      try {
        return await broker.publish([fact]);
      } catch (error) {
        log.warn({ err: error, fact: fact.name, pauseMs }, 'the broker did not take a result, trying again');
        await sleep(pauseMs);
      }
    }
    await broker.publish([fact]);
  }

  private async call(command: StepGenerate, signal: AbortSignal, onText: (text: string) => void): Promise<CallOutcome> {
    const { payload } = command;
    const { firstContentMs, gapMs } = this.limits;
    try {
      const provider = findProvider(this.parts.providers, payload.provider);
      const limits = { totalMs: payload.timeout_ms, firstContentMs, gapMs };
      return await callProvider({ provider, request: requestOf(payload), limits, signal, onText, log: this.parts.log });
    } catch (error) {
      if (error instanceof ProviderFailure) return { kind: 'failed', failure: error.failure, draft: null, usage: null };
      throw error;
    }
  }
}

/** A call that was stopped ends as cancelled only where that was asked for; otherwise its attempt is lost. */
function factOf(outcome: CallOutcome, facts: StepFacts, step: RunningStep): AnyMessage {
  switch (outcome.kind) {
    case 'result':
      return facts.generated(outcome);
    case 'failed':
      return facts.failed(outcome);
    case 'stopped':
      return step.stopReason === 'cancelled' ? facts.cancelled(outcome) : facts.lost();
  }
}

function requestOf(payload: StepGenerate['payload']): GenerateRequest {
  return {
    prompt: payload.prompt,
    model: payload.model,
    output: payload.output,
    words: payload.words,
    maxOutputTokens: payload.max_output_tokens,
    title: payload.title,
    document: payload.document,
    sectionId: payload.section_id,
    repair: payload.repair,
  };
}
