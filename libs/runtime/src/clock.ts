/** Where the present comes from; tests pass one that stands still. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** The present as it travels: ISO 8601, UTC, with milliseconds. */
export function nowIso(clock: Clock = systemClock): string {
  return new Date(clock.now()).toISOString();
}
