import { CONTENT } from './content.js';
import { DANGLING, FOREIGN } from './dangling.js';
import { DOUBLED } from './doubled.js';
import type { Fault } from './fault.js';
import { LOST } from './lost.js';
import { ORPHANED } from './orphaned.js';
import { OUT_OF_ORDER } from './out-of-order.js';
import { STUCK } from './stuck.js';

/** At least one for every invariant. */
export const FAULTS: readonly Fault[] = [
  ...STUCK,
  ...LOST,
  ...DOUBLED,
  ...DANGLING,
  ...FOREIGN,
  ...ORPHANED,
  ...OUT_OF_ORDER,
  ...CONTENT,
];
