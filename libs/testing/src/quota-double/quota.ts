import type { Ledger, OpenCall, RefusalKind } from './ledger.js';
import { createLedger } from './ledger.js';
import type { Headers } from './limit-headers.js';
import { limitHeaders, retryAfterHeaders } from './limit-headers.js';
import type { Obstacle } from './meters.js';
import { applyLimits, costsOf, createMeters, meterOf, obstacleOf, statesOf } from './meters.js';
import type { CacheablePrefix } from './prefix-cache.js';
import { createPrefixCache } from './prefix-cache.js';
import type { Limits, QuotaOptions, QuotaProfile, RampRule, Resource, Rule } from './profiles.js';
import { PROFILES } from './profiles.js';
import type { Ramp } from './ramp.js';
import { createRamp } from './ramp.js';
import { refusalBody } from './refusal-bodies.js';

/** A call at the provider's door. */
export interface Arrival {
  inputTokens: number;
  maxOutputTokens: number;
  model: string;
  /** Beginnings of the prompt that may be kept, of any length and in any order. */
  prefixes?: readonly CacheablePrefix[];
}

export type Admission =
  | { ok: true; callId: string; headers: Headers; cachedInputTokens: number; cacheWriteTokens: number }
  | { ok: false; status: number; body: unknown; headers: Headers; kind: RefusalKind; waitMs: number };

/** What a call really used, where the caller of `finish` knows better than what it told before. */
interface FinalUsage {
  inputTokens?: number;
  outputTokens?: number;
}

/**
 * A provider's limits, enforced, and a ledger of everything. It has no clock: `now` comes with every call, in
 * milliseconds of any epoch (the true one where reset instants matter), and never goes back; where it does, the last one
 * holds.
 */
export interface Quota {
  readonly profile: QuotaProfile;
  readonly ledger: Ledger;
  /** Lets a call in and charges it, or refuses it. All limits have room for it or none is charged for it. */
  arrive(now: number, arrival: Arrival): Admission;
  /** The call writes. The first time also says that its answer begins. */
  produce(now: number, callId: string, outputTokens: number): void;
  finish(now: number, callId: string, outcome?: { usage?: FinalUsage }): void;
  /** The call ended early, whoever wanted it. What was written stays written. */
  abort(now: number, callId: string): void;
  setLimits(now: number, limits: Limits): void;
  /** Somebody else takes so much at once, or what is left of it. */
  consumeForeign(now: number, amounts: Limits): void;
  /** What is left; below zero where output or a low estimate went beyond. */
  remaining(now: number, resource: Resource): number;
  headers(now: number): Headers;
}

export function createQuota(base: QuotaProfile | QuotaProfile['name'], options: QuotaOptions = {}): Quota {
  const profile = withOptions(typeof base === 'string' ? PROFILES[base] : base, options);
  const startsAt = options.startsAt ?? 0;
  const { ramp: rampRule, foreign } = options;
  const meters = createMeters(profile, options, startsAt);
  const ledger = createLedger([...meters.keys()], startsAt);
  const ramp = rampRule && createRamp(rampRule);
  const cache = createPrefixCache({ ...profile.cache, ...options.cache });
  const prefixesOf = new Map<string, readonly CacheablePrefix[]>();
  let lastMs = startsAt;
  let calls = 0;

  /** Instants at which limits or the foreign consumer change, in order. */
  const changes = [...(options.changes ?? [])].sort((a, b) => a.atMs - b.atMs);
  const turns = [...changes.map(({ atMs }) => atMs), foreign?.fromMs, foreign?.toMs]
    .filter((atMs) => atMs !== undefined)
    .sort((a, b) => a - b);

  const foreignShare = () => {
    if (!foreign) return 0;
    const { share, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = foreign;
    return lastMs >= fromMs && lastMs < toMs ? share : 0;
  };

  const flowTo = (toMs: number) => {
    for (const [resource, meter] of meters) {
      const limit = meter.ratePerMs() * (toMs - lastMs);
      ledger.flow(toMs, resource, limit, meter.advance(toMs, foreignShare()));
    }
    lastMs = toMs;
  };

  /** Lets time pass up to `now`, and answers the instant it is. */
  const passTo = (now: number): number => {
    while (turns[0] !== undefined && turns[0] <= now) {
      flowTo(Math.max(lastMs, turns.shift() ?? now));
      while (changes[0] && changes[0].atMs <= lastMs) applyLimits(meters, changes.shift()?.limits ?? {});
    }
    if (now > lastMs) flowTo(now);
    return lastMs;
  };

  const charge = (resource: Resource, amount: number, call?: OpenCall) => {
    meterOf(meters, resource).take(amount);
    ledger.charge(lastMs, resource, amount);
    if (call) call.charged[resource] = (call.charged[resource] ?? 0) + amount;
  };

  const say = () => limitHeaders(profile, statesOf(meters), lastMs, options.headers ?? 'true');

  const refuse = (obstacle: Obstacle, arrival: Arrival): Admission => {
    const { kind, resource, waitMs, requested } = obstacle;
    const meter = meterOf(meters, resource);
    const [limit, used] = [meter.limit(), Math.round(meter.capacity() - meter.level())];
    const reason = kind === 'too_large' || kind === 'ramp' ? kind : 'limit';
    const status = reason === 'ramp' ? (rampRule?.status ?? profile.ramp.status) : 429;
    const charged = profile.countsRefusals ? Math.min(1, Math.max(0, meterOf(meters, 'requests').level())) : 0;
    if (charged > 0) charge('requests', charged);
    ledger.refuse({ at: lastMs, kind, resource, model: arrival.model, status, charged });
    return {
      ok: false,
      status,
      body: refusalBody(profile, { reason, resource, model: arrival.model, limit, used, requested, waitMs }),
      headers: { ...say(), ...retryAfterHeaders(profile, Number.isFinite(waitMs) ? waitMs : meter.untilFullMs()) },
      kind,
      waitMs,
    };
  };

  /** Corrects what was estimated of the input, or reported of it. */
  const correctInput = (call: OpenCall, inputTokens: number) => {
    call.inputTokens = inputTokens;
    if (profile.rules.input_tokens?.counting !== 'uncached_input') return;
    const counted = Math.max(0, inputTokens - call.cachedInputTokens);
    const difference = counted - (call.charged.input_tokens ?? 0);
    if (difference !== 0) charge('input_tokens', difference, call);
  };

  const begin = (call: OpenCall) => {
    if (call.begunAt !== null) return;
    call.begunAt = lastMs;
    cache.keep(lastMs, prefixesOf.get(call.callId) ?? []);
    correctInput(call, call.inputTokens);
  };

  const write = (call: OpenCall, outputTokens: number) => {
    begin(call);
    call.outputTokens += outputTokens;
    ledger.write(lastMs, outputTokens);
    if (profile.rules.output_tokens?.counting === 'as_produced') charge('output_tokens', outputTokens, call);
  };

  const end = (call: OpenCall, how: 'finished' | 'aborted') => {
    call.end = how;
    call.endedAt = lastMs;
    prefixesOf.delete(call.callId);
  };

  return {
    profile,
    ledger,
    arrive(now, arrival) {
      passTo(now);
      const prefixes = arrival.prefixes ?? [];
      const { read, written } = cache.look(lastMs, prefixes);
      const uncached = Math.max(0, arrival.inputTokens - read);
      const costs = costsOf(profile, arrival, Math.ceil(uncached * (options.inputEstimate ?? 1)));
      const obstacle = obstacleOf(meters, costs, profile) ?? rampObstacle(ramp, rampRule, costs, lastMs);
      if (obstacle) return refuse(obstacle, arrival);
      const call: OpenCall = {
        ...{ callId: `call-${++calls}`, model: arrival.model, arrivedAt: lastMs, begunAt: null, endedAt: null },
        ...{ end: 'open', inputTokens: arrival.inputTokens, cachedInputTokens: read },
        cacheWriteTokens: profile.cache.reportsWrites ? written : 0,
        ...{ maxOutputTokens: arrival.maxOutputTokens, outputTokens: 0, charged: {} },
      };
      ledger.open(call);
      prefixesOf.set(call.callId, prefixes);
      for (const [resource, amount] of costs) if (amount > 0) charge(resource, amount, call);
      if (rampRule) ramp?.count(lastMs, costs.get(rampRule.resource) ?? 0);
      const { callId, cachedInputTokens, cacheWriteTokens } = call;
      return { ok: true, callId, headers: say(), cachedInputTokens, cacheWriteTokens };
    },
    produce(now, callId, outputTokens) {
      passTo(now);
      write(ledger.openCall(callId), outputTokens);
    },
    finish(now, callId, { usage = {} } = {}) {
      passTo(now);
      const call = ledger.openCall(callId);
      write(call, Math.max(0, (usage.outputTokens ?? call.outputTokens) - call.outputTokens));
      if (usage.inputTokens !== undefined) correctInput(call, usage.inputTokens);
      end(call, 'finished');
    },
    abort(now, callId) {
      passTo(now);
      end(ledger.openCall(callId), 'aborted');
    },
    setLimits(now, limits) {
      passTo(now);
      applyLimits(meters, limits);
    },
    consumeForeign(now, amounts) {
      passTo(now);
      for (const [resource, amount] of Object.entries(amounts) as [Resource, number][]) {
        const meter = meterOf(meters, resource);
        const taken = Math.min(amount, Math.max(0, meter.level()));
        meter.take(taken);
        ledger.take(lastMs, resource, taken);
      }
    },
    remaining(now, resource) {
      passTo(now);
      return meterOf(meters, resource).level();
    },
    headers(now) {
      passTo(now);
      return say();
    },
  };
}

function withOptions(profile: QuotaProfile, options: QuotaOptions): QuotaProfile {
  const rules: QuotaProfile['rules'] = {};
  for (const [resource, rule] of Object.entries(profile.rules) as [Resource, Rule][]) {
    rules[resource] = {
      counting: options.counting?.[resource] ?? rule.counting,
      enforcement: { ...rule.enforcement, ...options.enforcement?.[resource] },
      limit: options.limits?.[resource] ?? rule.limit,
    };
  }
  const { sendsRetryAfter = profile.sendsRetryAfter, remainingRoundedTo = profile.remainingRoundedTo } = options;
  return { ...profile, rules, sendsRetryAfter, remainingRoundedTo };
}

function rampObstacle(
  ramp: Ramp | undefined,
  rule: RampRule | undefined,
  costs: ReadonlyMap<Resource, number>,
  now: number,
): Obstacle | undefined {
  if (!ramp || !rule) return undefined;
  const requested = costs.get(rule.resource) ?? 0;
  const waitMs = ramp.waitMs(now, requested);
  return waitMs > 0 ? { kind: 'ramp', resource: rule.resource, requested, waitMs } : undefined;
}
