import type { Amounts } from '../limiter.js';
import { RULES } from '../limiter.js';
import { weightOf } from './levels.js';

/** A step's place in line. */
export interface Ticket {
  readonly stepId: string;
  readonly workspaceId: string;
  /** Start tag: who has the lowest is next. */
  tag: number;
  readonly weight: number;
  amounts: Amounts;
  /** The instant the step was told; overdue for long, it has lost its place. */
  namedAt: number;
  /** When it was told that there is room; 0 before. */
  toldAt: number;
  /** It goes by the share that is set aside for steps somebody watches. */
  readonly isFirst: boolean;
  /** It waits for its workspace's own share: it stands in nobody else's way. */
  isOwn: boolean;
}

/**
 * Who is next: start-time fair queueing between workspaces, counted in tokens (P. Goyal, H. Vin and H. Cheng,
 * "Start-time Fair Queueing", SIGCOMM 1996). A step's start tag is where its workspace's last one ends, or the virtual
 * time if that is later: who has used little goes before who has a thousand waiting, and nobody saves up by being idle.
 *
 * Of what is granted a share is set aside for steps somebody watches: as long as it lasts they go to the front.
 */
export class Line {
  private tickets: Ticket[] = [];
  private readonly ends = new Map<string, number>();
  /** Virtual time: the start tag of what was granted last. */
  private time = 0;
  private credit = 0;

  get length(): number {
    return this.tickets.length;
  }

  get all(): readonly Ticket[] {
    return this.tickets;
  }

  find(stepId: string): Ticket | undefined {
    return this.tickets.find((ticket) => ticket.stepId === stepId);
  }

  /** Of the bursts, what is kept back for steps somebody watches: as long as something is set aside for them. */
  keptBack(creditCap: number): number {
    return creditCap > 0 ? RULES.interactiveShare * (this.credit / creditCap) : 0;
  }

  /** A place for a step that has none yet; it takes it with `keep`. */
  draw(ask: { stepId: string; workspaceId: string; amounts: Amounts; isInteractive: boolean }): Ticket {
    const weight = weightOf(ask.amounts);
    const { stepId, workspaceId, amounts } = ask;
    const isFirst = ask.isInteractive && this.credit >= weight;
    const start = Math.max(this.time, this.ends.get(workspaceId) ?? 0);
    if (isFirst) this.credit -= weight;
    this.ends.set(workspaceId, start + weight);
    const tag = isFirst ? this.time - 0.5 : start;
    return { stepId, workspaceId, tag, weight, amounts, namedAt: 0, toldAt: 0, isOwn: false, isFirst };
  }

  /**
   * The steps before this one, first one first: so many are looked at, and those of them that are overdue lose their
   * places. `more`: how many stand between these and the step.
   */
  ahead(of: Ticket, now: number): { tickets: readonly Ticket[]; more: number } {
    const before = this.tickets.filter((ticket) => comesBefore(ticket, of));
    const looked = before.slice(0, RULES.counted);
    const kept = looked.filter((ticket) => isKept(ticket, now));
    if (kept.length < looked.length) this.drop(looked.filter((ticket) => !kept.includes(ticket)));
    return { tickets: kept, more: before.length - looked.length };
  }

  /**
   * Steps go without their turns. Those of their workspaces that stand behind them move up by as much as they were counted
   * for, and so does what the workspaces will ask for next: what was never had is not paid for.
   */
  drop(gone: readonly Pick<Ticket, 'stepId'>[]): void {
    const ids = new Set(gone.map(({ stepId }) => stepId));
    if (!this.tickets.some(({ stepId }) => ids.has(stepId))) return;
    const moves = new Map<string, number>();
    const kept: Ticket[] = [];
    for (const ticket of this.tickets) {
      const by = moves.get(ticket.workspaceId) ?? 0;
      if (ids.has(ticket.stepId)) {
        moves.set(ticket.workspaceId, by + ticket.weight);
      } else {
        if (!ticket.isFirst) ticket.tag -= by;
        kept.push(ticket);
      }
    }
    for (const [workspaceId, by] of moves) this.correct(workspaceId, -by);
    this.tickets = kept.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }

  keep(ticket: Ticket): void {
    if (this.tickets.includes(ticket)) return;
    this.tickets.push(ticket);
    this.tickets.sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  }

  /** The step goes; its workspace's turn is over. */
  grant(ticket: Ticket, creditCap: number): void {
    this.tickets = this.tickets.filter((other) => other !== ticket);
    this.time = Math.max(this.time, ticket.tag);
    this.credit = Math.min(creditCap, this.credit + RULES.interactiveShare * ticket.weight);
    if (this.tickets.length > 0) return;
    this.time = 0;
    this.ends.clear();
  }

  /** A workspace used more or less than it was counted for. */
  correct(workspaceId: string, by: number): void {
    const end = this.ends.get(workspaceId);
    if (end !== undefined) this.ends.set(workspaceId, end + by);
  }
}

/** False for a step that did not come back in time: it loses its place. */
export function isKept({ namedAt, toldAt }: Ticket, now: number): boolean {
  return Math.max(namedAt, toldAt) + RULES.graceMs >= now;
}

/** By tag; of equal ones by id, which rises with time. */
function comesBefore(one: Ticket, other: Ticket): boolean {
  return one.tag === other.tag ? one.stepId < other.stepId : one.tag < other.tag;
}
