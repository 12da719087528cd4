import { rankAfter } from './rank.js';

describe('rankAfter', () => {
  it.each([
    [null, 'a0'],
    ['a0', 'a1'],
    ['a9', 'aA'],
    ['az', 'b00'],
    ['bzz', 'c000'],
    ['b0z', 'b10'],
    ['a5V', 'a6'],
  ])('after %s comes %s', (last, next) => expect(rankAfter(last)).toBe(next));

  it('rises in byte order over thousands of cards and stays short', () => {
    const ranks: string[] = [];
    for (let i = 0; i < 5000; i++) ranks.push(rankAfter(ranks.at(-1) ?? null));
    expect([...ranks].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))).toEqual(ranks);
    expect(ranks.at(-1)).toHaveLength(4);
  });
});
