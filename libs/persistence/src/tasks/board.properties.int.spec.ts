import fc from 'fast-check';
import { BoardModel } from '../../test/board/board-model.js';
import { acts } from '../../test/board/random-acts.js';
import { storedBoard } from '../../test/board/stored-board-under-test.js';
import { openDatabase } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';

const SEED = 20261122;
/** `npm run test:long` plays 1,000. */
const SEQUENCES = process.env['TEST_LONG'] ? 1_000 : 30;

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

test(
  'as in memory: every edit is kept, no key is given twice, columns keep their order',
  async () => {
    const seen = {};
    const property = fc.asyncProperty(acts, async (sequence) => {
      const model = new BoardModel(await storedBoard(own.db), seen);
      for (const act of sequence) await model.play(act);
    });
    await fc.assert(property, { seed: SEED, numRuns: SEQUENCES, endOnFailure: true });
    expect(seen).toMatchObject({ 'edits kept': expect.any(Number), offers: expect.any(Number) });
  },
  SEQUENCES * 5_000,
);
