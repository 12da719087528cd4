import type { Resource } from './profiles.js';
import { createTally } from './tally.js';

/** A call that was let in: what it really used, and what it was charged. Instants are in milliseconds, as `now` is. */
export interface QuotaCall {
  readonly callId: string;
  readonly model: string;
  readonly arrivedAt: number;
  /** When its answer began; null until then, and for ever where it failed before. */
  readonly begunAt: number | null;
  readonly endedAt: number | null;
  readonly end: 'open' | 'finished' | 'aborted';
  /** All that was read, from the cache or not. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly maxOutputTokens: number;
  /** Written so far; for an aborted call, until then. */
  readonly outputTokens: number;
  readonly charged: Readonly<Partial<Record<Resource, number>>>;
}

/** The limit that was in the way; `too_large` where no wait would help; `ramp` where the rate grew too fast. */
export type RefusalKind = Resource | 'too_large' | 'ramp';

export interface QuotaRefusal {
  readonly at: number;
  readonly kind: RefusalKind;
  readonly resource: Resource;
  readonly model: string;
  readonly status: number;
  /** What the refusal itself was charged of `requests`. */
  readonly charged: number;
}

/** One limit over a span of time. */
export interface Utilisation {
  /** What the limit let through, at whatever height it was. */
  limit: number;
  /** What somebody else took of it. */
  foreign: number;
  /** The rest: what we could have had, beside what the limit held at the start. */
  available: number;
  /** What our calls and refusals were charged, net of what was given back. */
  charged: number;
  /** Of what was available, the share we were charged. */
  share: number;
}

/** What happened, as the provider knows it. Read-only to everybody else. */
export interface Ledger {
  calls(): readonly QuotaCall[];
  call(callId: string): QuotaCall;
  refusals(): readonly QuotaRefusal[];
  /** How many refusals of each kind; kinds that did not happen are absent. */
  refusalsByKind(from?: number, to?: number): Partial<Record<RefusalKind, number>>;
  /** What was charged from `from` up to and without `to`. */
  charged(resource: Resource, from: number, to: number): number;
  /** Tokens written, whether a limit counts them or not. */
  produced(from: number, to: number): number;
  /** Up to the last instant the quota heard of. */
  utilisation(resource: Resource, from: number, to: number): Utilisation;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type OpenCall = Mutable<Omit<QuotaCall, 'charged'>> & { charged: Partial<Record<Resource, number>> };

/** The side the quota writes. */
export interface LedgerBook extends Ledger {
  open(call: OpenCall): void;
  openCall(callId: string): OpenCall;
  refuse(refusal: QuotaRefusal): void;
  charge(at: number, resource: Resource, amount: number): void;
  /** What the limit let through, and what somebody else took of it, from the last instant known to `to`. */
  flow(to: number, resource: Resource, limit: number, foreign: number): void;
  take(at: number, resource: Resource, foreign: number): void;
  write(at: number, outputTokens: number): void;
}

export function createLedger(resources: readonly Resource[], startsAt: number): LedgerBook {
  const calls = new Map<string, OpenCall>();
  const refusals: QuotaRefusal[] = [];
  const written = createTally(startsAt);
  const tallies = new Map(
    resources.map((resource) => [
      resource,
      { limit: createTally(startsAt), foreign: createTally(startsAt), charged: createTally(startsAt) },
    ]),
  );
  const of = (resource: Resource) => {
    const found = tallies.get(resource);
    if (!found) throw new Error(`this quota has no limit of ${resource}; it has ${resources.join(', ')}`);
    return found;
  };
  const find = (callId: string) => {
    const call = calls.get(callId);
    if (!call) throw new Error(`there is no call ${callId} in the ledger`);
    return call;
  };
  return {
    calls: () => [...calls.values()],
    call: find,
    refusals: () => refusals,
    refusalsByKind(from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY) {
      const counts: Partial<Record<RefusalKind, number>> = {};
      for (const { at, kind } of refusals) if (at >= from && at < to) counts[kind] = (counts[kind] ?? 0) + 1;
      return counts;
    },
    charged: (resource, from, to) => of(resource).charged.sum(from, to),
    produced: (from, to) => written.sum(from, to),
    utilisation(resource, from, to) {
      const [limit, foreign, charged] = (['limit', 'foreign', 'charged'] as const).map((what) =>
        of(resource)[what].sum(from, to),
      ) as [number, number, number];
      const available = limit - foreign;
      return { limit, foreign, available, charged, share: available > 0 ? charged / available : 0 };
    },
    open(call) {
      calls.set(call.callId, call);
    },
    openCall(callId) {
      const call = find(callId);
      if (call.end !== 'open') throw new Error(`call ${callId} has ended already: it was ${call.end}`);
      return call;
    },
    refuse(refusal) {
      refusals.push(refusal);
    },
    charge: (at, resource, amount) => of(resource).charged.add(at, amount),
    flow(to, resource, limit, foreign) {
      of(resource).limit.spread(to, limit);
      of(resource).foreign.spread(to, foreign);
    },
    take: (at, resource, foreign) => of(resource).foreign.add(at, foreign),
    write: (at, outputTokens) => written.add(at, outputTokens),
  };
}
