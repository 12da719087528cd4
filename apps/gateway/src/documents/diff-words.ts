import { wordsWithSpaceDiff } from 'diff';

/** A piece of the two texts: in both, in the later one alone, or in the earlier one alone. */
export interface Part {
  op: 'equal' | 'insert' | 'delete';
  text: string;
}

/** What looking for differences costs: words compared, and paths taken a step further. Whoever shares one shares its sum. */
export interface Budget {
  steps: number;
}

/**
 * The differences of two texts, word by word, as few as there can be. Where `budget` does not last, the part that is left
 * is shown as replaced. Joined without what was inserted, the parts are `old`, byte for byte; without what was deleted,
 * `now`.
 */
export function diffWords(old: string, now: string, budget: Budget): Part[] {
  const numbers = new Map<string, number>();
  const [a, b] = [wordsOf(old, numbers), wordsOf(now, numbers)];
  new Comparison(a, b, budget).run();
  const parts: Part[] = [];
  const say = (op: Part['op'], text: string) => {
    if (text !== '') parts.push({ op, text });
  };
  for (let i = 0, j = 0; i < a.numbers.length || j < b.numbers.length;) {
    const [gone, come] = [runEnd(a.kept, i, 0), runEnd(b.kept, j, 0)];
    say('delete', textOf(a, i, gone));
    say('insert', textOf(b, j, come));
    // What is the same in both may be cut in one of them.
    const alike = Math.min(runEnd(a.kept, gone, 1) - gone, runEnd(b.kept, come, 1) - come);
    [i, j] = [gone + alike, come + alike];
    say('equal', textOf(a, gone, i));
  }
  return parts;
}

/** A text as words, blanks and signs: equal ones have equal numbers. */
interface Words {
  text: string;
  numbers: Int32Array;
  /** Where each begins, and where the text ends. */
  starts: Int32Array;
  /** 1 for what is in the other text as well. */
  kept: Uint8Array;
}

function wordsOf(text: string, known: Map<string, number>): Words {
  const words = wordsWithSpaceDiff.tokenize(text);
  const numbers = new Int32Array(words.length);
  const starts = new Int32Array(words.length + 1);
  words.forEach((word, i) => {
    const number = known.get(word) ?? known.size;
    known.set(word, number);
    numbers[i] = number;
    starts[i + 1] = (starts[i] ?? 0) + word.length;
  });
  return { text, numbers, starts, kept: new Uint8Array(words.length) };
}

const textOf = ({ text, starts }: Words, from: number, to: number): string => text.slice(starts[from], starts[to]);

function runEnd(kept: Uint8Array, from: number, value: 0 | 1): number {
  let end = from;
  while (end < kept.length && kept[end] === value) end++;
  return end;
}

/** A range of the one text and a range of the other: `[from, to)` of each. */
type Box = readonly [aFrom: number, aTo: number, bFrom: number, bTo: number];

/** E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the variation in linear space. */
class Comparison {
  private readonly forward: Int32Array;
  private readonly backward: Int32Array;
  /** Diagonal 0 in these. */
  private readonly zero: number;

  constructor(
    private readonly a: Words,
    private readonly b: Words,
    private readonly budget: Budget,
  ) {
    const [n, m] = [a.numbers.length, b.numbers.length];
    this.forward = new Int32Array(n + m + 3);
    this.backward = new Int32Array(n + m + 3);
    this.zero = m + 1;
  }

  /** Marks what is kept. */
  run(): void {
    const boxes: Box[] = [[0, this.a.numbers.length, 0, this.b.numbers.length]];
    for (let box = boxes.pop(); box; box = boxes.pop()) {
      const rest = this.keepEnds(box);
      const [aFrom, aTo, bFrom, bTo] = rest;
      if (aFrom === aTo || bFrom === bTo) continue;
      const split = this.split(rest);
      if (split === null) return;
      const [x, y] = split;
      boxes.push([x, aTo, y, bTo], [aFrom, x, bFrom, y]);
    }
  }

  private keepEnds([aFrom, aTo, bFrom, bTo]: Box): Box {
    const { a, b } = this;
    let [i, iEnd, j, jEnd] = [aFrom, aTo, bFrom, bTo];
    while (i < iEnd && j < jEnd && a.numbers[i] === b.numbers[j]) a.kept[i++] = b.kept[j++] = 1;
    while (i < iEnd && j < jEnd && a.numbers[iEnd - 1] === b.numbers[jEnd - 1]) a.kept[--iEnd] = b.kept[--jEnd] = 1;
    return [i, iEnd, j, jEnd];
  }

  /** A point on a shortest path through the box, about half way; null where the budget is spent before one is found. */
  private split([aFrom, aTo, bFrom, bTo]: Box): [x: number, y: number] | null {
    const { forward, backward, zero, budget } = this;
    const [a, b] = [this.a.numbers, this.b.numbers];
    const [least, most] = [aFrom - bTo, aTo - bFrom];
    const [start, end] = [aFrom - bFrom, aTo - bTo];
    const isOdd = ((start - end) & 1) !== 0;
    let [fLeast, fMost, bLeast, bMost] = [start, start, end, end];
    forward[zero + start] = aFrom;
    backward[zero + end] = aTo;
    while (budget.steps > 0) {
      if (fLeast > least) forward[zero + --fLeast - 1] = -1;
      else fLeast++;
      if (fMost < most) forward[zero + ++fMost + 1] = -1;
      else fMost--;
      for (let d = fMost; d >= fLeast; d -= 2) {
        const [below, above] = [forward[zero + d - 1] as number, forward[zero + d + 1] as number];
        const from = below >= above ? below + 1 : above;
        let x = from;
        while (x < aTo && x - d < bTo && a[x] === b[x - d]) x++;
        forward[zero + d] = x;
        budget.steps -= 1 + x - from;
        if (isOdd && d >= bLeast && d <= bMost && (backward[zero + d] as number) <= x) return [x, x - d];
      }
      if (bLeast > least) backward[zero + --bLeast - 1] = aTo + 1;
      else bLeast++;
      if (bMost < most) backward[zero + ++bMost + 1] = aTo + 1;
      else bMost--;
      for (let d = bMost; d >= bLeast; d -= 2) {
        const [below, above] = [backward[zero + d - 1] as number, backward[zero + d + 1] as number];
        const from = below < above ? below : above - 1;
        let x = from;
        while (x > aFrom && x - d > bFrom && a[x - 1] === b[x - d - 1]) x--;
        backward[zero + d] = x;
        budget.steps -= 1 + from - x;
        if (!isOdd && d >= fLeast && d <= fMost && x <= (forward[zero + d] as number)) return [x, x - d];
      }
    }
    return null;
  }
}
