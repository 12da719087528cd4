import fc from 'fast-check';
import { BoardModel } from '../../test/board/board-model.js';
import type { Seen } from '../../test/board/board-model.js';
import { memoryBoard } from '../../test/board/memory-board.js';
import { acts } from '../../test/board/random-acts.js';

const SEED = 20261121;
/** `npm run test:long` goes thirty times as far. */
const TIMES = process.env['TEST_LONG'] ? 30 : 1;
const SEQUENCES = 400 * TIMES;

test(
  'whatever people and generators do: every edit is kept, no key is given twice, columns keep their order',
  async () => {
    const seen: Seen = {};
    const property = fc.asyncProperty(acts, async (sequence) => {
      const model = new BoardModel(memoryBoard(), seen);
      for (const act of sequence) await model.play(act);
    });
    await fc.assert(property, { seed: SEED, numRuns: SEQUENCES });
    // A property that never met these would prove nothing.
    for (const what of WHAT_HAPPENS) expect([what, (seen[what] ?? 0) >= SEQUENCES / 20]).toEqual([what, true]);
    expect(seen['edits kept']).toBeGreaterThan(SEQUENCES);
  },
  20_000 * TIMES + 40_000,
);

const WHAT_HAPPENS = [
  ...['create', 'edit', 'move', 'delete', 'restore', 'decide', 'regenerate', 'again'],
  ...['created by a task set', 'retired', 'brought back', 'vanished', 'offers', 'refused dependencies'],
  ...['accept offer', 'dismiss offer', 'accept vanished', 'dismiss vanished'],
];
