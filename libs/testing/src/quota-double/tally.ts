/** Amounts over time, for sums over any span. Instants never go back. */
export interface Tally {
  add(at: number, amount: number): void;
  /** Spread evenly from the last instant known to `to`. */
  spread(to: number, amount: number): void;
  /** From `from`, up to and without `to`. */
  sum(from: number, to: number): number;
}

/**
 * Kept as the total just after each instant, with straight lines between: two points at one instant are a step. Points
 * on one line are merged, so a steady flow costs two.
 */
export function createTally(startsAt: number): Tally {
  const points: { at: number; total: number }[] = [{ at: startsAt, total: 0 }];
  const last = () => points.at(-1) ?? { at: startsAt, total: 0 };
  const push = (at: number, total: number) => {
    const b = last();
    const a = points.at(-2);
    const onLine = a !== undefined && b.at > a.at && at > b.at && isStraight(a, b, { at, total });
    if (onLine) points.pop();
    points.push({ at, total });
  };
  /** The total just before `at`. */
  const before = (at: number): number => {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points[middle]?.at ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    const left = points[low - 1];
    const right = points[low];
    if (left === undefined) return 0;
    if (right === undefined || right.at === left.at) return left.total;
    return left.total + ((right.total - left.total) * (at - left.at)) / (right.at - left.at);
  };
  return {
    add(at, amount) {
      const { total } = last();
      if (at > last().at) push(at, total);
      push(at, total + amount);
    },
    spread(to, amount) {
      if (to > last().at) push(to, last().total + amount);
    },
    sum: (from, to) => before(to) - before(from),
  };
}

type Point = { at: number; total: number };

function isStraight(a: Point, b: Point, c: Point): boolean {
  const [first, second] = [(b.total - a.total) / (b.at - a.at), (c.total - b.total) / (c.at - b.at)];
  return Math.abs(first - second) <= 1e-12 * Math.max(1, Math.abs(first));
}
