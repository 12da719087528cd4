import type { Claim, Fence, Presence, Slots } from './presence.js';
import { ANNOUNCE_TTL_MS, LEASE_TTL_MS, REMEMBER_MS } from './presence.js';

export interface InProcessPresenceOptions {
  /** Default `LEASE_TTL_MS`. */
  leaseTtlMs?: number;
  /** Default `ANNOUNCE_TTL_MS`. */
  announceTtlMs?: number;
  /** Milliseconds that only grow. Default `performance.now`. */
  now?: () => number;
}

/** What is known of a step. */
interface Known {
  /** Highest attempt that was given up; 0 for none. */
  stopped: number;
  /** By attempt: when its lease ends, or that it is settled. */
  attempts: Map<number, number | 'settled'>;
  forgottenAtMs: number;
}

/** The presence of one process: leases and slots of its own workers. It knows nothing any more after a restart. */
export function createInProcessPresence(options: InProcessPresenceOptions = {}): Presence {
  return new InProcessPresence(options);
}

class InProcessPresence implements Presence {
  /** By step, in the order in which they are forgotten. */
  private readonly steps = new Map<string, Known>();
  private announced: { slots: Slots; untilMs: number } | null = null;
  private readonly leaseTtlMs: number;
  private readonly announceTtlMs: number;
  private readonly now: () => number;

  constructor(options: InProcessPresenceOptions) {
    this.leaseTtlMs = options.leaseTtlMs ?? LEASE_TTL_MS;
    this.announceTtlMs = options.announceTtlMs ?? ANNOUNCE_TTL_MS;
    this.now = options.now ?? (() => performance.now());
  }

  async claim(fence: Fence): Promise<Claim> {
    const state = this.stateOf(fence);
    if (state === 'settled') return 'settled';
    if (this.isStopped(fence)) return 'stopped';
    if (state !== undefined) return state > this.now() ? 'held' : 'lapsed';
    this.lease(fence);
    return 'claimed';
  }

  async renew(fences: readonly Fence[]): Promise<Fence[]> {
    return fences.filter((fence) => {
      const isStopped = this.isStopped(fence);
      if (!isStopped && this.stateOf(fence) !== 'settled') this.lease(fence);
      return isStopped;
    });
  }

  async settle(fence: Fence): Promise<void> {
    this.open(fence.stepId).attempts.set(fence.attempt, 'settled');
  }

  async release(fence: Fence): Promise<void> {
    if (this.stateOf(fence) !== 'settled') this.open(fence.stepId).attempts.set(fence.attempt, 0);
  }

  async stop(fences: readonly Fence[]): Promise<void> {
    for (const { stepId, attempt } of fences) {
      const known = this.open(stepId);
      known.stopped = Math.max(known.stopped, attempt);
    }
  }

  async alive(fences: readonly Fence[]): Promise<boolean[]> {
    return fences.map((fence) => {
      const state = this.stateOf(fence);
      return typeof state === 'number' && state > this.now();
    });
  }

  async settled(fences: readonly Fence[]): Promise<boolean[]> {
    return fences.map((fence) => this.stateOf(fence) === 'settled');
  }

  async announce(slots: Slots): Promise<void> {
    this.announced = { slots: { ...slots }, untilMs: this.now() + this.announceTtlMs };
  }

  async slots(): Promise<Slots | null> {
    return this.announced && this.announced.untilMs > this.now() ? this.announced.slots : null;
  }

  async close(): Promise<void> {
    this.announced = null;
    this.steps.clear();
  }

  private stateOf({ stepId, attempt }: Fence): number | 'settled' | undefined {
    return this.known(stepId)?.attempts.get(attempt);
  }

  private isStopped({ stepId, attempt }: Fence): boolean {
    return attempt <= (this.known(stepId)?.stopped ?? 0);
  }

  private lease({ stepId, attempt }: Fence): void {
    this.open(stepId).attempts.set(attempt, this.now() + this.leaseTtlMs);
  }

  private known(stepId: string): Known | undefined {
    const known = this.steps.get(stepId);
    return known && known.forgottenAtMs > this.now() ? known : undefined;
  }

  /** What is known of a step, to be changed: it is remembered from now on. */
  private open(stepId: string): Known {
    const now = this.now();
    for (const [id, { forgottenAtMs }] of this.steps) {
      if (forgottenAtMs > now) break;
      this.steps.delete(id);
    }
    const known = this.steps.get(stepId) ?? { stopped: 0, attempts: new Map(), forgottenAtMs: 0 };
    known.forgottenAtMs = now + REMEMBER_MS;
    this.steps.delete(stepId);
    this.steps.set(stepId, known);
    return known;
  }
}
