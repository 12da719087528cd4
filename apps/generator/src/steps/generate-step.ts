import { setTimeout as sleep } from 'node:timers/promises';
import { runChannel } from '@planwright/contracts';
import type { AnyMessage, GenerateRequest } from '@planwright/contracts';
import type { LiveLog } from '@planwright/live';
import { SectionStream } from '@planwright/live';
import { chainOf } from '@planwright/llm';
import type { Llm } from '../llm.js';
import { RENEW_EVERY_MS } from '@planwright/presence';
import type { Fence } from '@planwright/presence';
import type { Clock, Logger } from '@planwright/runtime';
import type { CallLimits } from '../provider-call/watchdog.js';
import type { FindWorkerTimes } from './find-worker.js';
import { FIND_WORKER_TIMES, findWorker } from './find-worker.js';
import type { Reservations } from '../reservations/reservations.js';
import type { Leaseholder } from './leases.js';
import { Leases } from './leases.js';
import type { StepOutcome } from './make-calls.js';
import { makeCalls } from './make-calls.js';
import { nextMove } from './next-move.js';
import type { RunningStep, RunningSteps } from './running-steps.js';
import type { StepGenerate } from './step-facts.js';
import { StepFacts } from './step-facts.js';

/** What a step needs of the world. */
export interface GenerateStepParts {
  /** Resolves when the broker has taken every message. */
  broker: { publish(messages: readonly AnyMessage[]): Promise<void> };
  live: Pick<LiveLog, 'appendSection'>;
  presence: Leaseholder;
  llm: Pick<Llm, 'providers' | 'fallbacks'>;
  reservations: Reservations;
  running: RunningSteps;
  clock: Clock;
  log: Logger;
  limits?: Partial<StepLimits>;
}

export interface StepLimits extends Omit<CallLimits, 'totalMs'>, FindWorkerTimes {
  /** How long the result waits for the last piece of live text. */
  flushMs: number;
  /** Pauses before the result is published again after the broker did not take it. */
  publishPausesMs: readonly number[];
  /** How often leases are renewed. */
  renewEveryMs: number;
}

/** Reasoning models think up to a minute before they write; a gap of half a minute within a text is a dead line. */
const DEFAULT_LIMITS: StepLimits = {
  headersMs: 45_000,
  firstContentMs: 60_000,
  gapMs: 30_000,
  flushMs: 2_000,
  publishPausesMs: [500, 2_000, 5_000],
  renewEveryMs: RENEW_EVERY_MS,
  ...FIND_WORKER_TIMES,
};

/**
 * One command, one provider call, one result. Facts are confirmed by the broker before the command is acknowledged: if
 * publishing fails this throws, the command is delivered again, and the redelivery is answered with `step.lost`.
 *
 * A command may arrive more than once: delivered again, or sent twice. Whoever gets it first holds a lease on its attempt
 * until the end is with the broker, and the others find that lease, or what it left behind (`nextMove`).
 *
 * Architecture invariant: nothing here sets a status, retries a call or knows a blueprint. The engine decides by facts.
 */
export class GenerateStep {
  private readonly limits: StepLimits;
  private readonly leases: Leases;

  constructor(private readonly parts: GenerateStepParts) {
    this.limits = { ...DEFAULT_LIMITS, ...parts.limits };
    const { presence, log } = parts;
    this.leases = new Leases({ presence, log, renewEveryMs: this.limits.renewEveryMs });
  }

  async execute(command: StepGenerate, delivery: { redelivered: boolean }): Promise<void> {
    const { running } = this.parts;
    const fence: Fence = { stepId: command.payload.step_id, attempt: command.payload.attempt };
    if (running.has(fence)) return;
    const step = running.begin(fence);
    try {
      await this.take(command, step, delivery);
    } finally {
      await this.leases.leave(step);
      step.end();
    }
  }

  private async take(command: StepGenerate, step: RunningStep, { redelivered }: { redelivered: boolean }) {
    const { running, clock, log } = this.parts;
    const { fence } = step;
    const facts = new StepFacts(command, clock);
    const claim = redelivered ? await this.findWorker(step) : await this.leases.claim(fence);
    const move = nextMove({ claim, redelivered, isCancelled: running.wasCancelled(fence) });
    if (move !== 'write') {
      log.info({ run: command.run_id, ...fence, redelivered, claim, move }, 'step is not begun');
    }
    switch (move) {
      case 'leave':
        return;
      case 'tell_cancelled':
        return this.tell(facts.cancelled({ draft: null, usage: null, calls: [] }), step);
      case 'tell_lost':
        return this.tell(facts.lost(), step);
      case 'write':
        this.leases.keep(step);
        return this.write(command, facts, step);
    }
  }

  private findWorker(step: RunningStep): ReturnType<typeof findWorker> {
    return findWorker(step.fence, {
      leases: this.leases,
      times: this.limits,
      isOver: () => step.stopReason === 'shutdown',
    });
  }

  private async write(command: StepGenerate, facts: StepFacts, step: RunningStep): Promise<void> {
    const { broker, live, log, llm, reservations } = this.parts;
    const { run_id, document, document_id, section_id, attempt, provider, model } = command.payload;
    const section = { run_id, document, document_id, section_id, attempt };
    const stream = new SectionStream({ live, channel: runChannel(run_id), section, log });
    let started: Promise<void> | undefined;
    let streaming: Promise<void> | undefined;
    try {
      const outcome = await makeCalls({
        command,
        request: requestOf(command.payload),
        chain: chainOf(llm.fallbacks, { provider, model }),
        providers: llm.providers,
        reservations,
        limits: this.limits,
        signal: AbortSignal.any([step.signal, stream.fenced]),
        onGranted: () => (started ??= broker.publish([facts.started()]).then(() => stream.start())),
        onText: (text) => {
          // Only who waits for it is hurt if this one is lost: it must not cost the text.
          streaming ??= broker.publish([facts.streaming()]).catch((error: unknown) => {
            log.warn({ err: error, step: command.payload.step_id }, 'step.streaming could not be published');
          });
          stream.write(text);
        },
        log,
      });
      await Promise.all([started && stream.finish(this.limits.flushMs), streaming]);
      await this.tell(factOf(outcome, facts, step), step);
      log.info(
        { run: run_id, step: command.payload.step_id, attempt, section: section_id, outcome: outcome.kind },
        'step ended',
      );
    } finally {
      stream.close();
    }
  }

  /** Tells how the attempt ended. From then on, and before its command is acknowledged, every copy of it is left alone. */
  private async tell(fact: AnyMessage, step: RunningStep): Promise<void> {
    await this.publish(fact);
    await this.leases.settle(step);
  }

  /** A finished text has cost time and money: a broker that is away for a moment must not lose it. */
  private async publish(fact: AnyMessage): Promise<void> {
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
}

/** A call that was stopped ends as cancelled only where that was asked for; otherwise its attempt is lost. */
function factOf(outcome: StepOutcome, facts: StepFacts, step: RunningStep): AnyMessage {
  switch (outcome.kind) {
    case 'result':
      return facts.generated(outcome);
    case 'failed':
      return facts.failed(outcome);
    case 'delayed':
      return facts.delayed(outcome);
    case 'stopped':
      return step.stopReason === 'cancelled' ? facts.cancelled(outcome) : facts.lost(outcome);
  }
}

function requestOf(payload: StepGenerate['payload']): GenerateRequest {
  return {
    prompt: payload.prompt,
    model: payload.model,
    output: payload.output,
    words: payload.words,
    // What was cut off gets twice the room for its one repair.
    maxOutputTokens: payload.max_output_tokens * (payload.repair?.code === 'truncated' ? 2 : 1),
    title: payload.title,
    document: payload.document,
    sectionId: payload.section_id,
    repair: payload.repair,
    prefix: payload.prefix,
  };
}
