import { CONTENT } from './content.js';
import { DANGLING } from './dangling.js';
import { DOUBLED } from './doubled.js';
import type { Invariant } from './invariant.js';
import { LOST } from './lost.js';
import { ORPHANED } from './orphaned.js';
import { OUT_OF_ORDER } from './out-of-order.js';
import { STUCK } from './stuck.js';

/** Everything `verify` checks. */
export const INVARIANTS: readonly Invariant[] = [
  ...STUCK,
  ...LOST,
  ...DOUBLED,
  ...DANGLING,
  ...ORPHANED,
  ...OUT_OF_ORDER,
  ...CONTENT,
];
