import type { LimitedResource } from '@planwright/contracts';
import { LIMITED_RESOURCES } from '@planwright/contracts';
import type { Amounts, Answer, Ask, BucketView, LevelView, Seen, Settlement, Terms } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Budgets } from './budgets.js';
import { Gate } from './gate.js';
import type { Caution, Level, Standings } from './levels.js';
import { burstFactor, burstOf, eachAmount, limitOf, perMinute, rampAt, refill, weightOf } from './levels.js';
import type { Ticket } from './line.js';
import { isKept, Line } from './line.js';
import { keptBack, shareOf, waitFor } from './waits.js';

interface Lease {
  expiresAt: number;
  readonly grantedAt: number;
  /** The provider has answered: what is not deferred is counted there. */
  isObserved: boolean;
  readonly ask: Pick<Ask, 'workspaceId' | 'amounts' | 'deferred' | 'cost' | 'budget'>;
}

/**
 * One bucket, and how it decides. `redis/scripts.ts` decides alike, in Lua; the same sequences are put to both. Time is
 * given from outside and never goes back.
 */
export class Bucket {
  private terms: Terms | undefined;
  private readonly levels = new Map<LimitedResource, Level>();
  private readonly shares = new Map<string, { level: number; at: number }>();
  private readonly leases = new Map<string, Lease>();
  private readonly line = new Line();
  private readonly gate = new Gate();
  private readonly caution: Caution = { ramp: 1, rampAt: 0, burst: 1, burstAt: 0 };
  private meanCallMs: number | undefined;

  constructor(
    readonly name: string,
    private readonly budgets: Budgets,
  ) {}

  isPaused(now: number): boolean {
    return this.gate.isPaused(now);
  }

  reserve(ask: Ask, now: number): Answer {
    const known = this.leases.get(ask.id);
    if (known) {
      known.expiresAt = now + RULES.reservationTtlMs;
      return { kind: 'granted', isProbe: this.gate.probe === ask.id, replicas: 1 };
    }
    this.reap(now);
    this.terms = ask.terms;
    const standings = this.standings(ask.terms, now);
    const overBudget = this.budgets.check(ask);
    const refusal = this.refusalOf(ask, { standings, overBudget, now });
    if (refusal) {
      this.line.drop([ask]);
      return refusal;
    }

    const ticket = this.line.find(ask.stepId) ?? this.line.draw(ask);
    this.line.keep(ticket);
    ticket.amounts = ask.amounts;
    const keptShare = this.keptShare(standings);
    const { waitMs, reason, position, isOwn } = waitFor(ask, ticket, {
      standings,
      ahead: this.line.ahead(ticket, now),
      keptShare,
      share: shareOf(ask, this.shares.get(ask.workspaceId), standings, now),
      calls: this.leases.size,
      meanCallMs: this.meanCallMs,
      isShort: overBudget === 'short',
      held: this.gate.waitFor(now),
      now,
    });
    if (waitMs > 0) {
      ticket.namedAt = now + Math.max(RULES.minWaitMs, Math.ceil(waitMs - RULES.rounding));
      ticket.toldAt = 0;
      ticket.isOwn = isOwn;
      eachAmount(ask.amounts, (resource, amount) => {
        const level = this.levelOf(resource);
        const standing = standings.get(resource);
        if (standing) level.need = Math.max(level.need, amount + keptBack(ticket, standing, keptShare));
      });
      return { kind: 'wait', waitMs: ticket.namedAt - now, reason, position, replicas: 1 };
    }
    this.grant(ask, ticket, standings, now);
    return { kind: 'granted', isProbe: this.gate.probe === ask.id, replicas: 1 };
  }

  observe(id: string, seen: readonly Seen[], now: number): void {
    const lease = this.leases.get(id);
    if (lease) lease.isObserved = true;
    for (const { resource, limit, remaining, windowEndsInMs } of seen) {
      const level = this.levelOf(resource);
      level.learned = limit;
      const left = remaining - this.uncounted(resource);
      level.left = left;
      level.leftUntil = windowEndsInMs === undefined ? 0 : now + windowEndsInMs;
      const standing = this.terms && refill(level, { terms: this.terms, resource, caution: this.caution, now });
      // What is left of a window ends with it; what is left of a bucket is what there is.
      if (standing && windowEndsInMs === undefined) level.level = Math.min(standing.level, left);
    }
    if (this.gate.probe === id) this.gate.open();
  }

  settle(id: string, settlement: Settlement, now: number): void {
    const lease = this.leases.get(id);
    if (lease) {
      this.leases.delete(id);
      this.giveBack(lease, now, (resource, amount) => amount - (settlement.charged[resource] ?? amount));
      const used = { ...lease.ask.amounts, ...settlement.charged };
      this.line.correct(lease.ask.workspaceId, weightOf(used) - weightOf(lease.ask.amounts));
      this.budgets.settle(lease.ask, settlement.cost);
      const tookMs = now - lease.grantedAt;
      this.meanCallMs = this.meanCallMs === undefined ? tookMs : this.meanCallMs * 0.9 + tookMs * 0.1;
    }
    const { pause } = settlement;
    const wasPaused = this.gate.isPaused(now);
    this.gate.judge(id, settlement, now);
    if (!pause) return;
    const isLonger = this.gate.pause(pause.code, pause.ms, now);
    if (pause.code !== 'rate_limited') return;
    if (isLonger) this.drain(now);
    // What others hear who called at the same time is the same complaint.
    if (wasPaused) return;
    if (pause.isRamp) {
      this.caution.ramp = Math.max(RULES.minRamp, rampAt(this.caution, now) / 2);
      this.caution.rampAt = now;
    } else {
      this.caution.burst = Math.max(RULES.minBurst, burstFactor(this.caution, now) / 2);
      this.caution.burstAt = now;
    }
  }

  renew(asks: readonly Ask[], now: number): void {
    for (const { id, terms, ...ask } of asks) {
      this.terms ??= terms;
      const expiresAt = now + RULES.reservationTtlMs;
      const lease = this.leases.get(id);
      if (lease) lease.expiresAt = expiresAt;
      else {
        this.leases.set(id, { expiresAt, grantedAt: now, isObserved: true, ask });
        this.budgets.reserve(ask);
      }
    }
  }

  callable(now: number): string[] {
    this.reap(now);
    if (!this.terms || this.line.length === 0 || this.gate.isPaused(now)) return [];
    const isProbing = this.gate.isProbing(now);
    if (isProbing && this.gate.probe !== null) return [];
    const standings = this.standings(this.terms, now);
    const keptShare = this.keptShare(standings);
    const told: string[] = [];
    const overdue: Ticket[] = [];
    const used = new Map<LimitedResource, number>();
    let calls = this.leases.size;
    for (const ticket of [...this.line.all]) {
      if (told.length >= RULES.maxCallable) break;
      if (!isKept(ticket, now)) overdue.push(ticket);
      if (!isKept(ticket, now) || ticket.isOwn) continue;
      // One probe is enough, and this one may be on its way.
      if (isProbing && calls > this.leases.size) break;
      calls++;
      if (this.terms.concurrency !== null && calls > this.terms.concurrency) break;
      if (!fits(ticket, used, standings, keptShare)) break;
      if (ticket.namedAt <= now + 2 * RULES.lookaheadMs || ticket.toldAt + RULES.graceMs >= now) continue;
      ticket.toldAt = now;
      told.push(ticket.stepId);
    }
    this.line.drop(overdue);
    return told;
  }

  leave(stepIds: readonly string[]): void {
    this.line.drop(stepIds.map((stepId) => ({ stepId })));
  }

  view(now: number): BucketView {
    this.reap(now);
    const limits: Record<string, LevelView> = {};
    if (this.terms) {
      for (const [resource, { limit, level, capacity }] of this.standings(this.terms, now)) {
        limits[resource] = { limit, level, capacity };
      }
    }
    const { name: bucket, leases, line } = this;
    return { bucket, limits, calls: leases.size, waiting: line.length, pause: this.gate.view(now) };
  }

  /** Why waiting would not help. */
  private refusalOf(
    ask: Ask,
    { standings, overBudget, now }: { standings: Standings; overBudget: 'over' | 'short' | null; now: number },
  ): Exclude<Answer, { kind: 'granted' | 'wait' }> | undefined {
    const large = tooLarge(ask.amounts, standings);
    if (large) return large;
    if (overBudget === 'over') {
      const { limit, spent } = this.budgets.of(ask.workspaceId, ask.budget);
      return { kind: 'over_budget', asked: ask.cost, limit, spent };
    }
    const shut = this.gate.shutFor(now);
    return shut ? { kind: 'shut', ...shut } : undefined;
  }

  /** Of the bursts, what is kept back for steps somebody watches. */
  private keptShare(standings: Standings): number {
    return this.line.keptBack(RULES.interactiveShare * perMinute(standings));
  }

  private grant(ask: Ask, ticket: Ticket, standings: Standings, now: number): void {
    eachAmount(ask.amounts, (resource, amount) => {
      const level = this.levelOf(resource);
      if (level.level !== undefined) level.level -= amount;
      if (level.left !== undefined) level.left -= amount;
    });
    const share = shareOf(ask, this.shares.get(ask.workspaceId), standings, now);
    if (share) this.shares.set(ask.workspaceId, { level: share.level - ticket.weight, at: now });
    this.line.grant(ticket, RULES.interactiveShare * perMinute(standings));
    if (this.line.length === 0) for (const level of this.levels.values()) level.need = 0;
    this.budgets.reserve(ask);
    if (this.gate.isProbing(now)) this.gate.probe = ask.id;
    this.leases.set(ask.id, { expiresAt: now + RULES.reservationTtlMs, grantedAt: now, isObserved: false, ask });
  }

  /** Of what is reserved here, what the provider has not counted yet. */
  private uncounted(resource: LimitedResource): number {
    let sum = 0;
    for (const { isObserved, ask } of this.leases.values())
      sum += (isObserved ? ask.deferred[resource] : ask.amounts[resource]) ?? 0;
    return sum;
  }

  /** Reservations that nobody renewed: what the provider has not counted comes back. */
  private reap(now: number): void {
    for (const [id, lease] of this.leases) {
      if (lease.expiresAt > now) continue;
      this.leases.delete(id);
      this.giveBack(lease, now, (resource) => lease.ask.deferred[resource] ?? 0);
      this.budgets.settle(lease.ask, 0);
      this.gate.forget(id);
    }
  }

  private giveBack({ ask }: Lease, now: number, backOf: (resource: LimitedResource, amount: number) => number): void {
    const { terms, caution } = this;
    if (!terms) return;
    eachAmount(ask.amounts, (resource, amount) => {
      const level = this.levelOf(resource);
      const standing = refill(level, { terms, resource, caution, now });
      if (standing) level.level = Math.min(standing.capacity, standing.level + backOf(resource, amount));
    });
  }

  /** We thought there was something left, and there was not: after the pause it begins low. */
  private drain(now: number): void {
    const { terms } = this;
    if (!terms) return;
    const from = now + (this.gate.view(now)?.ms ?? 0);
    for (const [resource, level] of this.levels) {
      const limit = limitOf(level, terms, resource);
      if (limit === undefined) continue;
      const burst = burstOf(limit, terms, resource, this.caution, now);
      level.level = Math.min(level.level ?? 0, RULES.start * burst);
      level.at = from;
    }
  }

  private standings(terms: Terms, now: number): Standings {
    const standings: Standings = new Map();
    for (const resource of LIMITED_RESOURCES) {
      const standing = refill(this.levelOf(resource), { terms, resource, caution: this.caution, now });
      if (standing) standings.set(resource, standing);
    }
    return standings;
  }

  private levelOf(resource: LimitedResource): Level {
    let level = this.levels.get(resource);
    if (!level) this.levels.set(resource, (level = { need: 0 }));
    return level;
  }
}

function tooLarge(amounts: Amounts, standings: Standings): Extract<Answer, { kind: 'too_large' }> | undefined {
  for (const resource of LIMITED_RESOURCES) {
    const asked = amounts[resource] ?? 0;
    const limit = standings.get(resource)?.limit;
    if (limit !== undefined && asked > limit) return { kind: 'too_large', resource, asked, limit };
  }
  return undefined;
}

/** True if a step fits in beside those before it; counts it in. */
function fits(ticket: Ticket, used: Map<LimitedResource, number>, standings: Standings, keptShare: number): boolean {
  for (const resource of LIMITED_RESOURCES) {
    const standing = standings.get(resource);
    const sum = (used.get(resource) ?? 0) + (ticket.amounts[resource] ?? 0);
    if (!standing) continue;
    if (sum > standing.left + RULES.rounding) return false;
    const level = standing.level + standing.rate * RULES.lookaheadMs - keptBack(ticket, standing, keptShare);
    if (sum > level + RULES.rounding) return false;
    used.set(resource, sum);
  }
  return true;
}
