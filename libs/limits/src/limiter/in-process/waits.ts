import type { Amounts, Ask, WaitReason } from '../limiter.js';
import { RULES } from '../limiter.js';
import type { Standing, Standings } from './levels.js';
import { eachAmount, perMinute, weightOf } from './levels.js';
import type { Ticket } from './line.js';

/** What a step meets that asks. */
export interface Scene {
  readonly standings: Standings;
  /** Those before it, as `Line.ahead` tells them. */
  readonly ahead: { readonly tickets: readonly Ticket[]; readonly more: number };
  /** Of the bursts, what is kept back for steps somebody watches. */
  readonly keptShare: number;
  /** What its workspace's own share has left; undefined where that may use all there is. */
  readonly share: Share | undefined;
  /** Calls that run, and how long one takes. */
  readonly calls: number;
  readonly meanCallMs: number | undefined;
  /** Its budget would do, if what others have reserved were not spent. */
  readonly isShort: boolean;
  /** How long the provider is left alone. */
  readonly held: { readonly waitMs: number; readonly reason: WaitReason } | null;
  readonly now: number;
}

export interface Wait {
  /** 0 where nothing stands in the way. */
  readonly waitMs: number;
  readonly reason: WaitReason;
  readonly position: number;
  /** It waits for what is its workspace's own. */
  readonly isOwn: boolean;
}

/** A level that a workspace has to itself. */
interface Share {
  readonly level: number;
  readonly rate: number;
}

/** What stands in the way of a call, the worst of it. */
export function waitFor(ask: Ask, ticket: Ticket, scene: Scene): Wait {
  const { standings, ahead, keptShare, share, calls, meanCallMs, isShort, held, now } = scene;
  const { tickets, more } = ahead;
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
    const missing = needed + keptBack(ticket, standing, keptShare) - standing.level;
    if (missing > nothing(standing.rate)) consider(standing.at - now + missing / standing.rate, 'quota');
    if (needed > standing.left + RULES.rounding) consider(standing.leftForMs, 'quota');
  });
  const { concurrency } = ask.terms;
  if (concurrency !== null) {
    const over = calls + position - concurrency;
    const callMs = meanCallMs ?? RULES.concurrencyWaitMs;
    if (over > 0) consider(Math.max(RULES.minWaitMs, (over * callMs) / concurrency), 'concurrency');
  }
  let isOwn = false;
  if (share) {
    const own = counted.filter(({ workspaceId }) => workspaceId === ask.workspaceId);
    const missing = ticket.weight + total(weightOf, own) - share.level;
    if (missing > nothing(share.rate)) consider(missing / share.rate, 'workspace_share');
    isOwn = worst.reason === 'workspace_share';
  }
  if (isShort) consider(RULES.budgetWaitMs, 'budget');
  if (worst.reason === 'budget') isOwn = true;
  if (held && held.waitMs >= worst.waitMs) return { ...held, position, isOwn: false };
  return { ...worst, reason: held ? held.reason : worst.reason, position, isOwn };
}

/** Too little to wait for: what rounding takes from an amount, and what comes in within what it takes from a wait. */
function nothing(rate: number): number {
  return RULES.rounding * (1 + rate);
}

/** What a step has to leave for those somebody watches. */
export function keptBack({ isFirst }: Ticket, { burst }: Standing, keptShare: number): number {
  return isFirst ? 0 : burst * keptShare;
}

/** What a workspace's own share has left, if it had `known` of it; undefined where it may use all there is. */
export function shareOf(
  { terms, amounts }: Ask,
  known: { level: number; at: number } | undefined,
  standings: Standings,
  now: number,
): Share | undefined {
  const { workspaceShare, otherBurst, margin } = terms;
  const whole = perMinute(standings);
  if (workspaceShare >= 1 || whole === 0) return undefined;
  const capacity = Math.max(whole * workspaceShare * otherBurst, weightOf(amounts));
  const rate = (whole * workspaceShare * margin) / 60_000;
  const level = known ? Math.min(capacity, known.level + (now - known.at) * rate) : capacity;
  return { level, rate };
}
