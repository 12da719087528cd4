/** How a state leads to another: `free` by itself, `optional` perhaps, `fault` only if something breaks. */
export type EdgeKind = 'free' | 'optional' | 'fault';

const CODES: Record<EdgeKind, number> = { free: 0, optional: 1, fault: 2 };

/** The states that were explored, by number, and how they lead to each other. States are opened in order. */
export class Graph {
  private readonly starts: number[] = [];
  private targets = new Int32Array(1 << 16);
  private kinds = new Uint8Array(1 << 16);
  edges = 0;

  get size(): number {
    return this.starts.length;
  }

  /** The edges added from here on leave the next state. */
  open(): void {
    this.starts.push(this.edges);
  }

  add(to: number, kind: EdgeKind): void {
    if (this.edges === this.targets.length) this.grow();
    this.targets[this.edges] = to;
    this.kinds[this.edges++] = CODES[kind];
  }

  /** A state from which no way leads to one that `isEnd`; null when there is none. The first found, so a nearest one. */
  cannotReach(isEnd: (id: number) => boolean): number | null {
    const { from, of } = this.reversed(CODES.fault);
    const reaches = new Uint8Array(this.size);
    const queue: number[] = [];
    for (let id = 0; id < this.size; id++) if (isEnd(id)) reaches[queue.push(id) && id] = 1;
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (let edge = from[next] ?? 0; edge < (from[next + 1] ?? 0); edge++) {
        const before = of[edge] ?? 0;
        if (!reaches[before]) reaches[queue.push(before) && before] = 1;
      }
    }
    const first = reaches.indexOf(0);
    return first < 0 ? null : first;
  }

  /**
   * A state where, without a fault, the way goes in a circle or stops short of one that `isEnd`; null when there is none.
   * It need not be fair for that: where no circle is left nothing can go on for ever, whatever is done next. Where only
   * optional things are left to happen, it may stop.
   */
  mayNotEnd(isEnd: (id: number) => boolean): { readonly id: number; readonly isStuck: boolean } | null {
    const { from, of } = this.reversed(CODES.optional);
    const open = new Int32Array(this.size);
    const canGoOn = new Uint8Array(this.size);
    this.each((id, _to, kind) => {
      if (kind !== CODES.fault) open[id] = (open[id] ?? 0) + 1;
      if (kind === CODES.free) canGoOn[id] = 1;
    });
    const ends = new Uint8Array(this.size);
    const queue: number[] = [];
    const resolve = (id: number) => {
      if (open[id] === 0 && (canGoOn[id] || isEnd(id))) ends[queue.push(id) && id] = 1;
    };
    for (let id = 0; id < this.size; id++) resolve(id);
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (let edge = from[next] ?? 0; edge < (from[next + 1] ?? 0); edge++) {
        const before = of[edge] ?? 0;
        open[before] = (open[before] ?? 0) - 1;
        resolve(before);
      }
    }
    const first = ends.indexOf(0);
    return first < 0 ? null : this.walk(first, ends);
  }

  /** Along states that do not end, until one comes again or leads nowhere. */
  private walk(start: number, ends: Uint8Array): { id: number; isStuck: boolean } {
    const seen = new Set<number>();
    for (let id = start; ;) {
      if (seen.has(id)) return { id, isStuck: false };
      seen.add(id);
      const next = this.targetsOf(id).find((to) => !ends[to]);
      if (next === undefined) return { id, isStuck: true };
      id = next;
    }
  }

  private targetsOf(id: number): number[] {
    const edges = [...this.targets.subarray(this.starts[id], this.starts[id + 1] ?? this.edges)];
    return edges.filter((_, i) => this.kinds[(this.starts[id] ?? 0) + i] !== CODES.fault);
  }

  /** For each state where from: `of[from[id]]` to `of[from[id + 1]]`, over edges up to a kind. */
  private reversed(upTo: number): { from: Int32Array; of: Int32Array } {
    const from = new Int32Array(this.size + 1);
    this.each((_id, to, kind) => {
      if (kind <= upTo) from[to + 1] = (from[to + 1] ?? 0) + 1;
    });
    for (let id = 0; id < this.size; id++) from[id + 1] = (from[id + 1] ?? 0) + (from[id] ?? 0);
    const of = new Int32Array(from[this.size] ?? 0);
    const next = from.slice();
    this.each((id, to, kind) => {
      if (kind > upTo) return;
      const at = next[to] ?? 0;
      of[at] = id;
      next[to] = at + 1;
    });
    return { from, of };
  }

  private each(visit: (id: number, to: number, kind: number) => void): void {
    for (let id = 0; id < this.size; id++) {
      const end = this.starts[id + 1] ?? this.edges;
      for (let edge = this.starts[id] ?? 0; edge < end; edge++)
        visit(id, this.targets[edge] ?? 0, this.kinds[edge] ?? 0);
    }
  }

  private grow(): void {
    const [targets, kinds] = [new Int32Array(this.edges * 2), new Uint8Array(this.edges * 2)];
    targets.set(this.targets);
    kinds.set(this.kinds);
    this.targets = targets;
    this.kinds = kinds;
  }
}
