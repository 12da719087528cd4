import type { FailureCode } from '@planwright/contracts';
import { LIMITED_RESOURCES } from '@planwright/contracts';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { Budgets } from './in-process/budgets.js';
import { Gate } from './in-process/gate.js';
import type { Answer, Ask, Settlement, WaitReason } from './limiter.js';
import { RULES } from './limiter.js';

/** Of a share, what is used while nobody can say what the others do. */
const CAUTION = 0.7;
/** How many share where the shared limiter never said. */
const ASSUMED_REPLICAS = 8;
/** A bucket nobody used for a while knows few limiters: the most of this time count. */
const REPLICAS_MEMORY_MS = 3_600_000;
/** What is not limited in one of these windows may be used in the next. */
const WINDOW_S = 10;

/** What a settlement is of. */
type Settled = Pick<Ask, 'id' | 'bucket' | 'workspaceId' | 'cost' | 'budget'>;

/**
 * What one process may do while the shared limiter is away: its share of the limits as it last knew them, with a margin;
 * neither all there is nor nothing. It counts in fixed windows and knows no line. Pauses, failures and budgets it knows
 * as far as this process has heard of them: it is told of every answer and every settlement, whoever granted the call.
 */
export class LocalShare {
  private readonly windows = new Map<string, RateLimiterMemory>();
  private readonly calls = new Map<string, Set<string>>();
  private readonly gates = new Map<string, Gate>();
  private readonly budgets = new Budgets();
  private known: { replicas: number; at: number } | undefined;
  private asking: Promise<unknown> = Promise.resolve();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** What the shared limiter answered: how many share the limits, and why a provider is left alone. */
  know({ bucket }: Pick<Ask, 'bucket'>, answer: Answer): void {
    const now = this.now();
    if ('replicas' in answer) {
      const isForgotten = !this.known || now - this.known.at > REPLICAS_MEMORY_MS;
      if (isForgotten || answer.replicas >= this.replicas) this.known = { replicas: answer.replicas, at: now };
    }
    if (answer.kind === 'shut') this.gate(bucket).pause(answer.code, answer.waitMs, now);
    if (answer.kind === 'wait' && !isOfLine(answer.reason)) this.gate(bucket).pause(answer.reason, answer.waitMs, now);
    if (answer.kind === 'granted' && !answer.isProbe) this.gate(bucket).open();
  }

  /** One after the other: between a look at the windows and the charge nobody else may look. */
  reserve(ask: Ask): Promise<Answer> {
    const answer = this.asking.then(() => this.decide(ask));
    this.asking = answer.catch(() => undefined);
    return answer;
  }

  settle({ id, bucket, ...settled }: Settled, settlement: Settlement): void {
    this.calls.get(bucket)?.delete(id);
    this.budgets.settle(settled, settlement.cost);
    const gate = this.gate(bucket);
    gate.judge(id, settlement, this.now());
    const { pause } = settlement;
    if (pause) gate.pause(pause.code, pause.ms, this.now());
  }

  private get replicas(): number {
    return this.known?.replicas ?? ASSUMED_REPLICAS;
  }

  private async decide(ask: Ask): Promise<Answer> {
    const { replicas } = this;
    const gate = this.gate(ask.bucket);
    const now = this.now();
    const calls = this.calls.get(ask.bucket) ?? new Set();
    const granted = { kind: 'granted', isProbe: gate.probe === ask.id, replicas } as const;
    if (calls.has(ask.id)) return granted;
    const wait = (waitMs: number, reason: WaitReason): Answer => {
      return { kind: 'wait', waitMs: Math.ceil(waitMs), reason, position: 1, replicas };
    };
    const budget = this.budgets.check(ask);
    if (budget === 'over') {
      return { kind: 'over_budget', asked: ask.cost, ...this.budgets.of(ask.workspaceId, ask.budget) };
    }
    if (budget === 'short') return wait(RULES.budgetWaitMs, 'budget');
    const shut = gate.shutFor(now);
    if (shut) return { kind: 'shut', ...shut };
    const pause = gate.waitFor(now);
    if (pause) return wait(pause.waitMs, pause.reason);
    const { concurrency } = ask.terms;
    const mostCalls = concurrency === null ? Infinity : Math.max(1, Math.floor(concurrency / replicas));
    if (calls.size >= mostCalls) return wait(RULES.concurrencyWaitMs, 'concurrency');
    const waitMs = await this.charge(ask);
    if (waitMs > 0) return wait(waitMs, 'quota');
    this.budgets.reserve(ask);
    calls.add(ask.id);
    this.calls.set(ask.bucket, calls);
    if (!gate.isProbing(now)) return granted;
    gate.probe = ask.id;
    return { ...granted, isProbe: true };
  }

  /** Charges the windows, all or none; how long to wait where one is full. */
  private async charge({ bucket, amounts, terms }: Ask): Promise<number> {
    const shares = LIMITED_RESOURCES.flatMap((resource) => {
      const [limit, amount] = [terms.limits[resource], amounts[resource]];
      if (!limit || !amount) return [];
      const perMinute = Math.min(limit.start, limit.ceiling ?? Infinity);
      const points = (perMinute * terms.margin * CAUTION * WINDOW_S) / 60 / this.replicas;
      return [{ key: `${bucket}/${resource}`, points, amount, window: this.window(bucket, resource) }];
    });
    for (const { key, points, amount, window } of shares) {
      const used = await window.get(key);
      if (used && used.consumedPoints > 0 && used.consumedPoints + amount > points) {
        return Math.max(1, used.msBeforeNext);
      }
    }
    for (const { key, points, amount, window } of shares) {
      await window.penalty(key, Math.ceil(amount));
      // What is larger than a window's worth keeps everybody waiting for as long as it is worth.
      if (amount > points) await window.block(key, Math.ceil((WINDOW_S * amount) / points));
    }
    return 0;
  }

  private gate(bucket: string): Gate {
    const gate = this.gates.get(bucket) ?? new Gate();
    this.gates.set(bucket, gate);
    return gate;
  }

  private window(bucket: string, resource: string): RateLimiterMemory {
    const key = `${bucket}/${resource}`;
    const window =
      this.windows.get(key) ?? new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: WINDOW_S });
    this.windows.set(key, window);
    return window;
  }
}

/** True for what is waited for in line; everything else is a provider that is left alone. */
function isOfLine(reason: WaitReason): reason is Exclude<WaitReason, FailureCode> | 'budget' {
  return reason === 'quota' || reason === 'concurrency' || reason === 'workspace_share' || reason === 'budget';
}
