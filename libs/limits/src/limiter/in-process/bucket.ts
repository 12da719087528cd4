import type { LimitedResource } from '@planwright/contracts';
import { LIMITED_RESOURCES } from '@planwright/contracts';
import type { Amounts, Answer, Ask, BucketView, Seen, Settlement, Terms, WaitReason } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Budgets } from './budgets.js';
import { Gate } from './gate.js';
import type { Caution, Level, Standing } from './levels.js';
import { burstFactor, burstOf, eachAmount, limitOf, rampAt, refill, weightOf } from './levels.js';
import type { Ticket } from './line.js';
import { Line } from './line.js';

interface Lease {
  expiresAt: number;
  readonly grantedAt: number;
  /** The provider has answered: what is not deferred is counted there. */
  isObserved: boolean;
  readonly ask: Pick<Ask, 'workspaceId' | 'amounts' | 'deferred' | 'cost'>;
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

  reserve(ask: Ask, now: number): Answer {
    const known = this.leases.get(ask.id);
    if (known) {
      known.expiresAt = now + RULES.reservationTtlMs;
      return { kind: 'granted', isProbe: this.gate.probe === ask.id, replicas: 1 };
    }
    this.reap(now);
    this.terms = ask.terms;
    const standings = this.standings(ask.terms, now);
    const large = tooLarge(ask.amounts, standings);
    if (large) return large;
    const overBudget = this.budgets.check(ask);
    if (overBudget === 'over') {
      const { limit, spent } = this.budgets.of(ask.workspaceId, ask.budget);
      return { kind: 'over_budget', asked: ask.cost, limit, spent };
    }
    const shut = this.gate.shutFor(now);
    if (shut) return { kind: 'shut', ...shut };

    const ticket = this.line.find(ask.stepId) ?? this.line.draw(ask);
    this.line.keep(ticket);
    ticket.amounts = ask.amounts;
    const { waitMs, reason, position, isOwn } = this.waitFor(ask, ticket, { standings, overBudget, now });
    if (waitMs > 0) {
      ticket.namedAt = now + Math.max(RULES.minWaitMs, Math.ceil(waitMs - RULES.rounding));
      ticket.isOwn = isOwn;
      eachAmount(ask.amounts, (resource, amount) => {
        const level = this.levelOf(resource);
        const standing = standings.get(resource);
        if (standing) level.need = Math.max(level.need, amount + this.keptBack(ticket, standing, standings));
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
      if (!standing) continue;
      level.level = Math.min(standing.level, left);
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
      this.budgets.settle(lease.ask.workspaceId, lease.ask.cost, settlement.cost);
      const tookMs = now - lease.grantedAt;
      this.meanCallMs = this.meanCallMs === undefined ? tookMs : this.meanCallMs * 0.9 + tookMs * 0.1;
    }
    const { pause } = settlement;
    const wasPaused = this.gate.isPaused(now);
    this.gate.judge(id, settlement, now);
    if (!pause) return;
    this.gate.pause(pause.code, pause.ms, now);
    if (pause.code !== 'rate_limited' || wasPaused) return;
    if (pause.isRamp) {
      this.caution.ramp = Math.max(RULES.minRamp, rampAt(this.caution, now) / 2);
      this.caution.rampAt = now;
    } else {
      this.caution.burst = Math.max(RULES.minBurst, burstFactor(this.caution, now) / 2);
      this.caution.burstAt = now;
    }
    this.drain(now);
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
    const told: string[] = [];
    const used = new Map<LimitedResource, number>();
    let calls = this.leases.size;
    for (const ticket of [...this.line.all]) {
      if (told.length >= (isProbing ? 1 : RULES.maxCallable)) break;
      if (!this.line.isKept(ticket, now) || ticket.isOwn) continue;
      calls++;
      if (this.terms.concurrency !== null && calls > this.terms.concurrency) break;
      const keptBack = (standing: Standing) => this.keptBack(ticket, standing, standings);
      if (!fits(ticket, used, standings, keptBack)) break;
      if (ticket.namedAt <= now + 2 * RULES.lookaheadMs) continue;
      ticket.namedAt = now;
      told.push(ticket.stepId);
    }
    return told;
  }

  view(now: number): BucketView {
    this.reap(now);
    const limits: Record<string, { limit: number; level: number }> = {};
    if (this.terms) {
      for (const [resource, { limit, level }] of this.standings(this.terms, now)) limits[resource] = { limit, level };
    }
    const { name: bucket, leases, line } = this;
    return { bucket, limits, calls: leases.size, waiting: line.length, pause: this.gate.view(now) };
  }

  /** What stands in the way of a call, worst first; 0 where nothing does. */
  private waitFor(
    ask: Ask,
    ticket: Ticket,
    { standings, overBudget, now }: { standings: Standings; overBudget: 'over' | 'short' | null; now: number },
  ): { waitMs: number; reason: WaitReason; position: number; isOwn: boolean } {
    const { tickets, more } = this.line.ahead(ticket, now);
    const counted = tickets.filter(({ isOwn, workspaceId }) => !isOwn || workspaceId === ask.workspaceId);
    const scale = counted.length > 0 ? 1 + more / counted.length : 1;
    const position = counted.length + more + 1;
    const total = (of: (amounts: Amounts) => number, among: readonly Ticket[]) =>
      among.reduce((sum, { amounts }) => sum + of(amounts), 0) * scale;

    let worst: { waitMs: number; reason: WaitReason } = { waitMs: 0, reason: 'quota' };
    const consider = (waitMs: number, reason: WaitReason) => {
      if (waitMs > worst.waitMs) worst = { waitMs, reason };
    };
    eachAmount(ask.amounts, (resource, amount) => {
      const standing = standings.get(resource);
      if (!standing) return;
      const needed = amount + total((amounts) => amounts[resource] ?? 0, counted);
      const missing = needed + this.keptBack(ticket, standing, standings) - standing.level;
      if (missing > RULES.rounding) consider(standing.at - now + missing / standing.rate, 'quota');
      if (needed > standing.left + RULES.rounding) consider(standing.leftForMs, 'quota');
    });
    const { concurrency } = ask.terms;
    if (concurrency !== null) {
      const over = this.leases.size + counted.length + more + 1 - concurrency;
      const callMs = this.meanCallMs ?? RULES.concurrencyWaitMs;
      if (over > 0) consider((over * callMs) / concurrency, 'concurrency');
    }
    const share = this.shareOf(ask, standings, now);
    let isOwn = false;
    if (share) {
      const own = counted.filter(({ workspaceId }) => workspaceId === ask.workspaceId);
      const missing = ticket.weight + total(weightOf, own) - share.level;
      if (missing > RULES.rounding) consider(missing / share.rate, 'workspace_share');
      isOwn = worst.reason === 'workspace_share';
    }
    if (overBudget === 'short') consider(RULES.budgetWaitMs, 'budget');
    if (worst.reason === 'budget') isOwn = true;
    const held = this.gate.waitFor(now);
    if (held && held.waitMs >= worst.waitMs) return { ...held, position, isOwn: false };
    return { ...worst, reason: held ? held.reason : worst.reason, position, isOwn };
  }

  /** What a step has to leave for those somebody watches. */
  private keptBack({ isFirst }: Ticket, { burst }: Standing, standings: Standings): number {
    return isFirst ? 0 : burst * this.line.keptBack(RULES.interactiveShare * perMinute(standings));
  }

  private grant(ask: Ask, ticket: Ticket, standings: Standings, now: number): void {
    eachAmount(ask.amounts, (resource, amount) => {
      const level = this.levelOf(resource);
      if (level.level !== undefined) level.level -= amount;
      if (level.left !== undefined) level.left -= amount;
    });
    const share = this.shareOf(ask, standings, now);
    if (share) this.shares.set(ask.workspaceId, { level: share.level - ticket.weight, at: now });
    this.line.grant(ticket, RULES.interactiveShare * perMinute(standings));
    if (this.line.length === 0) for (const level of this.levels.values()) level.need = 0;
    this.budgets.reserve(ask);
    if (this.gate.isProbing(now)) this.gate.probe = ask.id;
    this.leases.set(ask.id, { expiresAt: now + RULES.reservationTtlMs, grantedAt: now, isObserved: false, ask });
  }

  /** What a workspace's own share has left; undefined where it may use all there is. */
  private shareOf(ask: Ask, standings: Standings, now: number): { level: number; rate: number } | undefined {
    const { workspaceShare, otherBurst, margin } = ask.terms;
    const whole = perMinute(standings);
    if (workspaceShare >= 1 || whole === 0) return undefined;
    const capacity = Math.max(whole * workspaceShare * otherBurst, weightOf(ask.amounts));
    const rate = (whole * workspaceShare * margin) / 60_000;
    const known = this.shares.get(ask.workspaceId);
    const level = known ? Math.min(capacity, known.level + (now - known.at) * rate) : capacity;
    return { level, rate };
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
      this.budgets.settle(lease.ask.workspaceId, lease.ask.cost, 0);
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

type Standings = Map<LimitedResource, Standing>;

function tooLarge(amounts: Amounts, standings: Standings): Extract<Answer, { kind: 'too_large' }> | undefined {
  for (const resource of LIMITED_RESOURCES) {
    const asked = amounts[resource] ?? 0;
    const limit = standings.get(resource)?.limit;
    if (limit !== undefined && asked > limit) return { kind: 'too_large', resource, asked, limit };
  }
  return undefined;
}

/** Tokens a minute, or calls where no tokens are counted. */
function perMinute(standings: Standings): number {
  const limit = (resource: LimitedResource) => standings.get(resource)?.limit ?? 0;
  const tokens = limit('tokens') + limit('input_tokens') + limit('output_tokens');
  return tokens > 0 ? tokens : limit('requests');
}

/** True if a step fits in beside those before it; counts it in. */
function fits(
  { amounts }: Ticket,
  used: Map<LimitedResource, number>,
  standings: Standings,
  keptBack: (standing: Standing) => number,
): boolean {
  for (const resource of LIMITED_RESOURCES) {
    const standing = standings.get(resource);
    const sum = (used.get(resource) ?? 0) + (amounts[resource] ?? 0);
    if (!standing) continue;
    if (sum > standing.left + RULES.rounding) return false;
    const level = standing.level + standing.rate * RULES.lookaheadMs - keptBack(standing);
    if (sum > level + RULES.rounding) return false;
    used.set(resource, sum);
  }
  return true;
}
