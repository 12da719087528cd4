import type { Fence } from '@planwright/presence';

/** Why a running step is stopped from outside. */
type StopReason = 'cancelled' | 'shutdown';

/** A step this process works on. */
export interface RunningStep {
  readonly fence: Fence;
  /** Aborts when the step is to stop; `stopReason` then says why. */
  readonly signal: AbortSignal;
  readonly stopReason: StopReason | undefined;
  /** The first reason holds. */
  stop(reason: StopReason): void;
  end(): void;
}

/** How long a cancel is remembered that came before its command, and how many of them. */
const REMEMBERED_MS = 600_000;
const REMEMBERED_MAX = 10_000;

/**
 * What this process works on, by step and attempt, and the cancels that were faster than their commands: `step.cancel`
 * is broadcast and can overtake a `step.generate` that waits in a queue.
 */
export class RunningSteps {
  private readonly running = new Map<string, Entry>();
  /** Highest cancelled attempt by step, with the time until which it is remembered; oldest first. */
  private readonly cancelled = new Map<string, { attempt: number; until: number }>();
  private idle: (() => void)[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  get size(): number {
    return this.running.size;
  }

  has(fence: Fence): boolean {
    return this.running.has(keyOf(fence));
  }

  wasCancelled({ stepId, attempt }: Fence): boolean {
    const known = this.cancelled.get(stepId);
    return known !== undefined && attempt <= known.attempt && known.until > this.now();
  }

  begin(fence: Fence): RunningStep {
    const key = keyOf(fence);
    if (this.running.has(key)) throw new Error(`step ${key} is running already`);
    const entry = new Entry(fence, () => {
      this.running.delete(key);
      if (this.running.size === 0) for (const resolve of this.idle.splice(0)) resolve();
    });
    this.running.set(key, entry);
    return entry;
  }

  /** Stops these attempts, and older ones of the same steps, here and whenever their commands arrive. */
  cancel(fences: readonly Fence[]): void {
    const now = this.now();
    for (const [stepId, { until }] of this.cancelled) {
      if (until > now && this.cancelled.size < REMEMBERED_MAX) break;
      this.cancelled.delete(stepId);
    }
    for (const { stepId, attempt } of fences) {
      const known = this.cancelled.get(stepId)?.attempt ?? 0;
      this.cancelled.delete(stepId);
      this.cancelled.set(stepId, { attempt: Math.max(attempt, known), until: now + REMEMBERED_MS });
      for (const entry of this.running.values()) {
        if (entry.fence.stepId === stepId && entry.fence.attempt <= attempt) entry.stop('cancelled');
      }
    }
  }

  /** Waits until nothing runs; what still does after `graceMs` is stopped, and waited for again. */
  async drain(graceMs: number): Promise<void> {
    const timer = setTimeout(() => {
      for (const entry of this.running.values()) entry.stop('shutdown');
    }, graceMs);
    if (this.running.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
    clearTimeout(timer);
  }
}

class Entry implements RunningStep {
  private readonly controller = new AbortController();
  stopReason: StopReason | undefined;

  constructor(
    readonly fence: Fence,
    readonly end: () => void,
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  stop(reason: StopReason): void {
    this.stopReason ??= reason;
    this.controller.abort(new Error(reason));
  }
}

function keyOf({ stepId, attempt }: Fence): string {
  return `${stepId}/${attempt}`;
}
