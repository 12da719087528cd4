import type { Clock } from '@planwright/runtime';

/** Silence is judged after at least as long again: what this process is behind by is not what makes a step seem silent. */
const TOLERATED_MS = 5_000;

/**
 * How far this process is behind with the engine's messages, by the age of those it takes. A queue is first come, first
 * served: when the last one taken was young, everything that waits is.
 */
export class Lag {
  private last: { at: number; ageMs: number } | null = null;

  constructor(private readonly clock: Clock) {}

  /** A message was taken; `occurredAt` is its ISO 8601 instant. */
  took(occurredAt: string): void {
    const at = this.clock.now();
    this.last = { at, ageMs: at - Date.parse(occurredAt) };
  }

  /** `waiting` messages are in the queue: true if they may be old, or nothing is known of them. */
  isBehind(waiting: number): boolean {
    if (waiting === 0) return false;
    if (!this.last || this.clock.now() - this.last.at > TOLERATED_MS) return true;
    return this.last.ageMs > TOLERATED_MS;
  }
}
