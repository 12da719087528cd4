import type { RefusalKind } from './ledger.js';
import type { LimitState } from './limit-headers.js';
import type { Meter } from './meter.js';
import { createMeter, TOLERANCE } from './meter.js';
import type { Counting, Limits, QuotaOptions, QuotaProfile, Resource, Rule } from './profiles.js';
import { RESOURCES } from './profiles.js';
import type { Arrival } from './quota.js';

/** The limits of one quota, each with its meter. */
export type Meters = ReadonlyMap<Resource, Meter>;

/** What keeps a call out. */
export interface Obstacle {
  kind: RefusalKind;
  resource: Resource;
  requested: number;
  waitMs: number;
}

export function createMeters({ rules }: QuotaProfile, options: QuotaOptions, startsAt: number): Meters {
  for (const limits of [options.limits ?? {}, ...(options.changes ?? []).map((change) => change.limits)]) {
    const unknown = Object.keys(limits).find((resource) => !(resource in rules));
    if (unknown) throw new Error(`this profile has no limit of ${unknown}; it has ${Object.keys(rules).join(', ')}`);
  }
  const meters = new Map<Resource, Meter>();
  for (const resource of RESOURCES) {
    const rule = rules[resource];
    if (rule) meters.set(resource, createMeter(rule.limit, rule.enforcement, startsAt));
  }
  return meters;
}

export function meterOf(meters: Meters, resource: Resource): Meter {
  const meter = meters.get(resource);
  if (!meter) throw new Error(`this profile has no limit of ${resource}; it has ${[...meters.keys()].join(', ')}`);
  return meter;
}

export function applyLimits(meters: Meters, limits: Limits): void {
  for (const [resource, limit] of Object.entries(limits) as [Resource, number][]) {
    meterOf(meters, resource).setLimit(limit);
  }
}

export function statesOf(meters: Meters): LimitState[] {
  return [...meters].map(([resource, meter]) => ({
    ...{ resource, limit: meter.limit(), capacity: meter.capacity() },
    ...{ level: meter.level(), untilFullMs: meter.untilFullMs() },
  }));
}

/** What a call is charged at arrival. */
export function costsOf({ rules }: QuotaProfile, arrival: Arrival, uncachedEstimate: number): Map<Resource, number> {
  const { inputTokens, maxOutputTokens } = arrival;
  const amounts: Record<Counting, number> = {
    each: 1,
    input_plus_max_output: inputTokens + maxOutputTokens,
    larger_of_both: Math.max(inputTokens, maxOutputTokens),
    uncached_input: uncachedEstimate,
    as_produced: 0,
  };
  const entries = Object.entries(rules) as [Resource, Rule][];
  return new Map(entries.map(([resource, { counting }]) => [resource, amounts[counting]]));
}

/** The limit that lets the call in last. Where output counts as it is written, some of it has to be left. */
export function obstacleOf(
  meters: Meters,
  costs: ReadonlyMap<Resource, number>,
  profile: QuotaProfile,
): Obstacle | undefined {
  const obstacles = [...costs].flatMap(([resource, cost]): Obstacle[] => {
    const requested = profile.rules[resource]?.counting === 'as_produced' ? 1 : cost;
    const meter = meterOf(meters, resource);
    if (meter.level() + TOLERANCE >= requested) return [];
    const waitMs = meter.waitMs(requested);
    return [{ kind: waitMs === Number.POSITIVE_INFINITY ? 'too_large' : resource, resource, requested, waitMs }];
  });
  return obstacles.toSorted((a, b) => b.waitMs - a.waitMs)[0];
}
