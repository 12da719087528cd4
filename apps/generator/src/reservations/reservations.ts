import { setTimeout as sleep } from 'node:timers/promises';
import type { GenerateRequest, ProviderCall, SeenLimit } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import type { Answer, Ask, Limiter, Quota, Settlement, WaitReason } from '@planwright/limits';
import type { Choice } from '@planwright/llm';
import type { Llm } from '../llm.js';
import { amountsOf, costOf, LocalShare, priceOf, RENEW_RESERVATIONS_EVERY_MS, unlimited } from '@planwright/limits';
import type { CallOutcome } from '../provider-call/call-provider.js';
import type { StepGenerate } from '../steps/step-facts.js';
import { settlementOf } from './settlement.js';

/** What a call holds while it runs; `ask` is null where nothing limits it. */
export interface Reservation {
  readonly choice: Choice;
  readonly request: GenerateRequest;
  readonly quota: Quota | null;
  readonly ask: Ask | null;
}

export type Reserved =
  | { kind: 'granted'; reservation: Reservation }
  | { kind: 'wait'; waitMs: number; reason: WaitReason; position: number }
  | Exclude<Answer, { kind: 'granted' | 'wait' }>
  | { kind: 'stopped' };

/** A shorter wait is waited out with slot and message in hand; a longer one parks the step. */
const IN_PLACE_MS = 500;
/** So long in all: the end of a pause, and what becomes of its probe. */
const ALL_IN_PLACE_MS = 1_000;

/**
 * Reservations on the shared limits: asked for, renewed while they are held, settled. While the shared limiter is away
 * this process goes by its own share of them.
 */
export class Reservations {
  private readonly held = new Map<string, Ask>();
  private readonly alone = new LocalShare();
  private timer: NodeJS.Timeout | undefined;
  private isAway = false;

  constructor(
    private readonly parts: {
      limiter: Limiter;
      llm: Omit<Llm, 'providers'>;
      log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
    },
  ) {}

  /** Asks for what a call needs, and waits for it a moment. */
  async reserve(
    command: StepGenerate,
    call: { choice: Choice; ordinal: number },
    request: GenerateRequest,
    signal: AbortSignal,
  ): Promise<Reserved> {
    const { choice } = call;
    const asked = this.ask(command, call, request);
    if (!asked) return { kind: 'granted', reservation: { choice, request, quota: null, ask: null } };
    let leftMs = ALL_IN_PLACE_MS;
    for (;;) {
      if (signal.aborted) {
        if (leftMs < ALL_IN_PLACE_MS) await this.leave(command.payload.step_id);
        return { kind: 'stopped' };
      }
      const answer = await this.shared(
        async (limiter) => {
          const shared = await limiter.reserve(asked.ask);
          this.alone.know(asked.ask, shared);
          return shared;
        },
        () => this.alone.reserve(asked.ask),
      );
      if (answer.kind === 'granted') {
        this.keep(asked.ask);
        return { kind: 'granted', reservation: { choice, request, ...asked } };
      }
      if (answer.kind !== 'wait' || answer.waitMs > Math.min(IN_PLACE_MS, leftMs)) return answer;
      leftMs -= answer.waitMs;
      await sleep(answer.waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A step that was told to wait does not come back for it. */
  async leave(stepId: string): Promise<void> {
    await this.shared(
      (limiter) => limiter.leave([stepId]),
      () => undefined,
    );
  }

  /** The provider took the call. */
  async observe({ quota, ask }: Reservation, limits: readonly SeenLimit[]): Promise<void> {
    if (!quota || !ask) return;
    const seen = this.parts.llm.quotas.learn(quota, limits);
    await this.shared(
      (limiter) => limiter.observe(ask, seen),
      () => undefined,
    );
  }

  /** The call is not made after all. */
  async giveBack({ ask }: Reservation): Promise<void> {
    if (!ask) return;
    const charged = Object.fromEntries(Object.keys(ask.amounts).map((resource) => [resource, 0]));
    await this.end(ask, { charged, cost: 0, health: 'unknown' });
  }

  /** The call ended: what the provider counted is settled, what it said is learned, and what it cost is answered. */
  async settle(reservation: Reservation, outcome: CallOutcome): Promise<ProviderCall> {
    const { choice, request, quota, ask } = reservation;
    const { estimates, quotas, prices } = this.parts.llm;
    const { usage } = outcome;
    const price = priceOf(prices, choice.provider, choice.model);
    const cost = usage && price ? costOf(price, usage) : null;
    if (outcome.kind === 'result' && usage) estimates.learn(choice.provider, request, usage);
    if (quota && outcome.kind === 'failed' && outcome.refusal) quotas.learn(quota, outcome.refusal.limits);
    if (ask) await this.end(ask, settlementOf(outcome, quota, cost ?? 0));
    const said = outcome.kind === 'failed' ? outcome.failure : null;
    if (said?.code === 'auth' || said?.code === 'billing') {
      this.parts.log.error(
        { ...choice, code: said.code, detail: said.detail },
        'operator: the provider refuses the account or its key',
      );
    }
    const { requestId } = outcome;
    const how = outcome.kind === 'result' ? 'finished' : (said?.code ?? 'stopped');
    // Nothing is owed for a call that was refused outright.
    const unused = usage === null ? 0 : cost;
    return { provider: choice.provider, model: choice.model, outcome: how, usage, cost: unused, request_id: requestId };
  }

  private ask(
    command: StepGenerate,
    { choice, ordinal }: { choice: Choice; ordinal: number },
    request: GenerateRequest,
  ) {
    const { quotas, estimates, prices } = this.parts.llm;
    const { step_id: stepId, attempt, class: stepClass, budget } = command.payload;
    const quota = quotas.of(choice.provider, choice.model);
    const price = priceOf(prices, choice.provider, choice.model);
    const estimate = estimates.of(choice.provider, request);
    const cost = price ? costOf(price, plainUsage(estimate.input, estimate.output, true)) : 0;
    if (!quota && !(budget && cost > 0)) return null;
    const { bucket, profile, terms } = quota ?? unlimited(choice.provider);
    const ask: Ask = {
      id: `${stepId}/${attempt}/${ordinal}`,
      stepId,
      bucket,
      workspaceId: command.workspace_id,
      isInteractive: stepClass === 'interactive',
      ...amountsOf(profile, estimate),
      terms,
      cost,
      budget,
    };
    return { quota, ask };
  }

  /** Both are told, whoever granted it: the shared limiter may have come back meanwhile, or gone. */
  private async end(ask: Ask, settlement: Settlement): Promise<void> {
    this.drop(ask);
    this.alone.settle(ask, settlement);
    await this.shared(
      (limiter) => limiter.settle(ask, settlement),
      () => undefined,
    );
  }

  private keep(ask: Ask): void {
    this.held.set(ask.id, ask);
    this.timer ??= setInterval(() => {
      void this.shared(
        (limiter) => limiter.renew([...this.held.values()]),
        () => undefined,
      );
    }, RENEW_RESERVATIONS_EVERY_MS).unref();
  }

  private drop(ask: Ask): void {
    this.held.delete(ask.id);
    if (this.held.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Asks the shared limiter; answers for it while it is away. */
  private async shared<T>(question: (limiter: Limiter) => Promise<T>, otherwise: () => T | Promise<T>): Promise<T> {
    const { limiter, log } = this.parts;
    try {
      const answer = await question(limiter);
      if (this.isAway) log.warn({}, 'the shared limits are back');
      this.isAway = false;
      return answer;
    } catch (error) {
      if (!this.isAway) log.warn({ err: error }, 'the shared limits are away; going by a share of what they were');
      this.isAway = true;
      return otherwise();
    }
  }
}
