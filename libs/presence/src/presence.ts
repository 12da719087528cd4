import type { StepClass } from '@planwright/contracts';

/** A step's attempt: what fences every effect of a command. */
export interface Fence {
  readonly stepId: string;
  readonly attempt: number;
}

/**
 * What a claim found; of several, the one named first.
 * `settled`: the attempt was brought to its end, and the fact that says so is with the broker.
 * `stopped`: the engine gave this attempt up (cancelled, or issued anew): it must not be begun. Its worker may still live.
 * `held`: another worker has it, and is alive.
 * `lapsed`: a worker had it and is not heard of any more: it died, is frozen, or gave it back. It must not be begun a
 * second time under the same fence.
 * `claimed`: nobody is known to have begun it, and the lease is the caller's now.
 */
export type Claim = 'claimed' | 'held' | 'lapsed' | 'settled' | 'stopped';

/** How many steps of each class can be written at a time, by all generators together. */
export type Slots = Readonly<Record<StepClass, number>>;

/**
 * Who works on what: short leases of steps, and the slots generators announce. A cache with a short life, on Redis or in
 * the process; nothing depends on it being there, and no effect on it being right: effects are fenced in PostgreSQL.
 *
 * Every call is one round trip and rejects soon when the store is away. Who asks many things at once passes them together.
 */
export interface Presence {
  /** Takes the lease of an attempt, or says why not. The lease is renewed by `renew` until `settle` or `release`. */
  claim(fence: Fence): Promise<Claim>;
  /**
   * Extends the caller's leases, also those that lapsed or were lost with the store. Answers those of them that are
   * stopped meanwhile: their leases are left to lapse, and their work is to end. So a worker that missed a broadcast, or
   * was frozen while its attempt was given up, learns of it with its next renewal.
   */
  renew(fences: readonly Fence[]): Promise<Fence[]>;
  /** The attempt's end is with the broker: the lease goes, and whoever gets its command once more leaves it alone. */
  settle(fence: Fence): Promise<void>;
  /** Gives a lease back without a result. The attempt counts as lapsed from then on; a settled one stays settled. */
  release(fence: Fence): Promise<void>;
  /** Marks attempts as given up, older attempts of the same steps included: their commands may still wait in a queue. */
  stop(fences: readonly Fence[]): Promise<void>;
  /** Which of these attempts have a lease, stopped ones included: a living worker; in the order given. */
  alive(fences: readonly Fence[]): Promise<boolean[]>;
  /**
   * Which of these attempts are settled; in the order given. Without a worker such an attempt is not lost: its result
   * may wait in a queue. It is lost when the queue was.
   */
  settled(fences: readonly Fence[]): Promise<boolean[]>;
  /** Says how many steps of each class the caller can write at a time; to be repeated before `ANNOUNCE_TTL_MS`. */
  announce(slots: Slots): Promise<void>;
  /** What all callers of `announce` together have; null when nobody has announced anything, zeros included. */
  slots(): Promise<Slots | null>;
  /** Withdraws the caller's announcement and disconnects. Never rejects. */
  close(): Promise<void>;
}

/** How long a lease lives without being renewed. A worker that died is missed after this at the latest. */
export const LEASE_TTL_MS = 3_000;
/** How often a worker renews its leases. */
export const RENEW_EVERY_MS = 1_000;
/** How long an announcement of slots lives, and how often it is repeated. */
export const ANNOUNCE_TTL_MS = 6_000;
export const ANNOUNCE_EVERY_MS = 2_000;
/** How long a settled, stopped or lapsed attempt is remembered: longer than any copy of its command takes to arrive. */
export const REMEMBER_MS = 3_600_000;
