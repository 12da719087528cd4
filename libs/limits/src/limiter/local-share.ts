import { LIMITED_RESOURCES } from '@planwright/contracts';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Answer, Ask, Held, WaitReason } from './limiter.js';

/** Of a share, what is used while nobody can say what the others do. */
const CAUTION = 0.7;
/** How many share where the shared limiter never said. */
const ASSUMED_REPLICAS = 4;
/** What is not limited in one of these windows may be used in the next. */
const WINDOW_S = 10;
const CONCURRENCY_WAIT_MS = 1_000;

/**
 * What one process may do while the shared limiter is away: its share of the limits as it last knew them, with a margin;
 * neither all there is nor nothing. It counts in fixed windows, knows no line and no budget, and is forgotten when the
 * shared one is back.
 */
export class LocalShare {
  private readonly windows = new Map<string, RateLimiterMemory>();
  private readonly calls = new Map<string, Set<string>>();
  private replicas = ASSUMED_REPLICAS;
  private asking: Promise<unknown> = Promise.resolve();

  /** How many processes share the limits. */
  know(replicas: number): void {
    this.replicas = replicas;
  }

  /** One after the other: between a look at the windows and the charge nobody else may look. */
  reserve(ask: Ask): Promise<Extract<Answer, { kind: 'granted' | 'wait' }>> {
    const answer = this.asking.then(() => this.decide(ask));
    this.asking = answer.catch(() => undefined);
    return answer;
  }

  private async decide(ask: Ask): Promise<Extract<Answer, { kind: 'granted' | 'wait' }>> {
    const { replicas } = this;
    const calls = this.calls.get(ask.bucket) ?? new Set();
    const mostCalls =
      ask.terms.concurrency === null ? Infinity : Math.max(1, Math.floor(ask.terms.concurrency / replicas));
    const wait = (waitMs: number, reason: WaitReason): Answer & { kind: 'wait' } => {
      return { kind: 'wait', waitMs, reason, position: 1, replicas };
    };
    if (calls.has(ask.id)) return { kind: 'granted', isProbe: false, replicas };
    if (calls.size >= mostCalls) return wait(CONCURRENCY_WAIT_MS, 'concurrency');
    const shares = LIMITED_RESOURCES.flatMap((resource) => {
      const [limit, amount] = [ask.terms.limits[resource], ask.amounts[resource]];
      if (!limit || !amount) return [];
      const perMinute = Math.min(limit.start, limit.ceiling ?? Infinity);
      const points = (perMinute * ask.terms.margin * CAUTION * WINDOW_S) / 60 / replicas;
      return [{ key: `${ask.bucket}/${resource}`, points, amount, window: this.window(ask.bucket, resource) }];
    });
    for (const { key, points, amount, window } of shares) {
      const used = await window.get(key);
      if (used && used.consumedPoints > 0 && used.consumedPoints + amount > points) {
        return wait(Math.max(1, used.msBeforeNext), 'quota');
      }
    }
    for (const { key, points, amount, window } of shares) {
      await window.penalty(key, Math.ceil(amount));
      // What is larger than a window's worth keeps everybody waiting for as long as it is worth.
      if (amount > points) await window.block(key, Math.ceil((WINDOW_S * amount) / points));
    }
    calls.add(ask.id);
    this.calls.set(ask.bucket, calls);
    return { kind: 'granted', isProbe: false, replicas };
  }

  settle({ bucket, id }: Held): void {
    this.calls.get(bucket)?.delete(id);
  }

  private window(bucket: string, resource: string): RateLimiterMemory {
    const key = `${bucket}/${resource}`;
    let window = this.windows.get(key);
    if (!window) {
      window = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: WINDOW_S });
      this.windows.set(key, window);
    }
    return window;
  }
}
