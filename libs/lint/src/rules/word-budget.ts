import type { OutputFormat } from '@planwright/contracts';
import type { Finding } from '../finding.js';
import { countWords } from '../words.js';

/** Models keep a budget roughly: so much over or under it is not worth a word. */
const TOLERANCE = 0.1;
/** Beyond these it is no version of what was asked for: a stub, or something else. */
const STUB_SHARE = 1 / 4;
const FLOOD_FACTOR = 2.5;

/** A list of tasks is bounded by its schema, so for it a strange length is never more than a warning. */
export function wordBudget(text: string, { min, max }: { min: number; max: number }, format: OutputFormat): Finding[] {
  const count = countWords(text);
  const say = (severity: Finding['severity'], than: string): Finding[] => [
    {
      rule: 'word_budget',
      severity,
      message: `The text has ${count} words, ${than} ${min} to ${max} that were asked for`,
    },
  ];
  const worst = format === 'markdown' ? 'error' : 'warning';
  if (count < min * STUB_SHARE) return say(worst, 'far fewer than the');
  if (count > max * FLOOD_FACTOR) return say(worst, 'far more than the');
  if (count < min * (1 - TOLERANCE)) return say('warning', 'fewer than the');
  if (count > max * (1 + TOLERANCE)) return say('warning', 'more than the');
  return [];
}
