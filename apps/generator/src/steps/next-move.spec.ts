import { nextMove } from './next-move.js';
import type { Move, Standing } from './next-move.js';

const rows: [Standing['claim'], first: Move, redelivered: Move, firstCancelled: Move, redeliveredCancelled: Move][] = [
  ['claimed', 'write', 'tell_lost', 'tell_cancelled', 'tell_cancelled'],
  ['unknown', 'write', 'tell_lost', 'tell_cancelled', 'tell_cancelled'],
  ['lapsed', 'tell_lost', 'tell_lost', 'tell_cancelled', 'tell_cancelled'],
  ['stopped', 'tell_cancelled', 'tell_cancelled', 'tell_cancelled', 'tell_cancelled'],
  ['held', 'leave', 'leave', 'leave', 'leave'],
  ['settled', 'leave', 'leave', 'leave', 'leave'],
];

describe('nextMove', () => {
  it.each(rows)('of a command that finds its attempt %s', (claim, ...moves) => {
    const standings = [
      { redelivered: false, isCancelled: false },
      { redelivered: true, isCancelled: false },
      { redelivered: false, isCancelled: true },
      { redelivered: true, isCancelled: true },
    ];
    expect(standings.map((standing) => nextMove({ claim, ...standing }))).toEqual(moves);
  });
});
