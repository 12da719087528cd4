import type { Effect, IgnoreReason } from './effects.js';
import { evolve } from './evolve.js';
import type { Instant, RunState } from './state.js';

/** Usual duration of a section in milliseconds, by section id: medians of earlier runs, where somebody has them. */
export type SectionDurations = ReadonlyMap<string, number>;

const NOTHING_MEASURED: SectionDurations = new Map();

/**
 * One decision while it is being made: effects so far, and the state they lead to, which is what the next effect is
 * decided on. It lives inside one call of `decideAll`; the states it passes through are never changed in place.
 */
export class Decision {
  readonly effects: Effect[] = [];

  constructor(
    public state: RunState,
    readonly at: Instant,
    readonly usual: SectionDurations = NOTHING_MEASURED,
  ) {}

  add(...effects: readonly Effect[]): void {
    for (const effect of effects) {
      this.effects.push(effect);
      this.state = evolve(this.state, effect);
    }
  }

  ignore(reason: IgnoreReason): void {
    this.add({ type: 'ignored', reason });
  }
}
