import type { NotifierSettings } from '../settings.js';

/** Somebody who is visited. */
export interface Visited {
  visit(nowMs: number): void;
}

/** Visits in the shortest time a setting names: those who are due at once are few, and nobody waits long for it. */
const VISITS = 250;

/** Visits all sockets again and again, on one timer where each of them would hold several; none while there is nobody. */
export class Rounds {
  private readonly visited = new Set<Visited>();
  private readonly everyMs: number;
  private timer: NodeJS.Timeout | undefined;

  constructor({ heartbeatMs, silenceMs }: Pick<NotifierSettings, 'heartbeatMs' | 'silenceMs'>) {
    this.everyMs = Math.max(1, Math.min(heartbeatMs, silenceMs) / VISITS);
  }

  add(visited: Visited): void {
    this.visited.add(visited);
    this.timer ??= setInterval(() => this.go(), this.everyMs);
  }

  remove(visited: Visited): void {
    this.visited.delete(visited);
    if (this.visited.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private go(): void {
    const nowMs = performance.now();
    for (const visited of this.visited) visited.visit(nowMs);
  }
}
