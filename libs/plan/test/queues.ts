import { admit, type Turn, type WaitingStep } from '../src/admission.js';

export const QUANTUM = 4_000;
/** No step of these tests costs more. */
export const DEAREST = 15_000;

export function turnOf(workspaceId: string, turn: number, waiting: readonly WaitingStep[]): Turn {
  return { workspaceId, turn, deficit: 0, inTurn: false, waiting, more: false };
}

/** Steps `x1`, `x2`, … of these costs. */
export function steps(name: string, ...tokens: number[]): WaitingStep[] {
  return tokens.map((cost, i) => ({ stepId: `${name}${i + 1}`, attempt: 1, tokens: cost }));
}

/** As many costs as asked for, over and over the same. */
export function backlog(costs: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => costs[i % costs.length] ?? 1);
}

/**
 * What waits of workspaces `w0`, `w1`, …, and their places in the round, as the rows keep them between calls. Each call
 * is given only as many steps of a workspace as there is room for.
 */
export class Queues {
  readonly all = new Map<string, WaitingStep[]>();
  readonly served = new Map<string, WaitingStep[]>();
  private places: readonly Omit<Turn, 'waiting' | 'more'>[];

  constructor(queues: readonly (readonly number[])[]) {
    queues.forEach((costs, w) => {
      this.all.set(
        `w${w}`,
        costs.map((tokens, i) => ({ stepId: `w${w}.${i}`, attempt: 1, tokens })),
      );
    });
    this.places = [...this.all.keys()].map((workspaceId, i) => ({
      workspaceId,
      turn: i + 1,
      deficit: 0,
      inTurn: false,
    }));
  }

  get size(): number {
    return [...this.all.keys()].reduce((sum, workspaceId) => sum + this.waiting(workspaceId).length, 0);
  }

  /** `each` is told after every step how many tokens each workspace has been served so far. */
  admit(room: number, each?: (tokens: ReadonlyMap<string, number>) => void): readonly WaitingStep[] {
    const turns = this.places.map((place): Turn => {
      const waiting = this.waiting(place.workspaceId);
      return { ...place, waiting: waiting.slice(0, room), more: waiting.length > room };
    });
    const { admitted, turns: kept, emptied } = admit(turns, room, QUANTUM);
    const tokens = new Map(
      [...this.served].map(([id, done]) => [id, done.reduce((sum, step) => sum + step.tokens, 0)]),
    );
    for (const { workspaceId, ...step } of admitted) {
      this.served.set(workspaceId, [...(this.served.get(workspaceId) ?? []), step]);
      tokens.set(workspaceId, (tokens.get(workspaceId) ?? 0) + step.tokens);
      each?.(tokens);
    }
    this.places = kept;
    const left = [...this.all.keys()].filter((id) => this.waiting(id).length > 0);
    const places = kept.map(({ workspaceId }) => workspaceId);
    if (left.some((id) => !places.includes(id)) || places.some((id) => !left.includes(id)))
      throw new Error(`waiting: ${left.join(' ')}; with a place: ${places.join(' ')}; gone: ${emptied.join(' ')}`);
    return admitted.map(({ stepId, attempt, tokens: cost }) => ({ stepId, attempt, tokens: cost }));
  }

  private waiting(workspaceId: string): WaitingStep[] {
    return (this.all.get(workspaceId) ?? []).slice(this.served.get(workspaceId)?.length ?? 0);
  }
}
