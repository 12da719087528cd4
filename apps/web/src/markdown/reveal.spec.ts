import { describe, expect, it } from '@jest/globals';
import { nextShown } from './reveal.js';

describe('how a text appears', () => {
  it('shows a share of what is left each frame, and all of it in the end', () => {
    const text = 'x'.repeat(100);
    const lengths: number[] = [0];
    while (lengths.at(-1) !== 100) lengths.push(nextShown(text, lengths.at(-1)!, 16));
    expect(lengths[1]).toBe(10);
    expect(lengths.length).toBeLessThan(40);
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
  });

  it('catches up at once after a pause, and does not cut a character in two', () => {
    expect(nextShown('x'.repeat(5_000), 10, 60_000)).toBe(5_000);
    expect(nextShown('😀😀', 0, 8)).toBe(2);
  });

  it('goes back where the text is shorter', () => {
    expect(nextShown('ab', 9, 16)).toBe(2);
  });
});
