/** What happens when, in simulated time: the earliest first, in the order of entry where instants are the same. */
export class Agenda {
  private readonly heap: { at: number; order: number; act: () => Promise<void> | void }[] = [];
  private entered = 0;
  now: number;

  constructor(startsAt: number) {
    this.now = startsAt;
  }

  in(ms: number, act: () => Promise<void> | void): void {
    this.heap.push({ at: this.now + Math.max(0, ms), order: this.entered++, act });
    this.up(this.heap.length - 1);
  }

  /** Does everything up to an instant; `atEach` hears of every instant before what happens in it. */
  async until(end: number, atEach: (now: number) => Promise<void>): Promise<void> {
    for (;;) {
      const next = this.heap[0];
      if (!next || next.at > end) break;
      this.pop();
      if (next.at > this.now) {
        this.now = next.at;
        await atEach(this.now);
      }
      await next.act();
    }
    this.now = end;
  }

  private comesBefore(a: number, b: number): boolean {
    const [one, other] = [this.heap[a], this.heap[b]];
    if (!one || !other) return false;
    return one.at === other.at ? one.order < other.order : one.at < other.at;
  }

  private swap(a: number, b: number): void {
    const [one, other] = [this.heap[a], this.heap[b]];
    if (one && other) [this.heap[a], this.heap[b]] = [other, one];
  }

  private up(place: number): void {
    for (let at = place; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.comesBefore(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private pop(): void {
    this.swap(0, this.heap.length - 1);
    this.heap.pop();
    for (let at = 0; ;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const least = this.comesBefore(right, left) ? right : left;
      if (!this.comesBefore(least, at)) return;
      this.swap(at, least);
      at = least;
    }
  }
}
