import type { BlueprintSection } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import type { Usual } from './closest-history.js';
import { tokensPerWord } from './closest-history.js';

/** A task as JSON: names of fields, quotes and brackets count as well. */
const TASK_FACTOR = 1.45;
/** What the offline writer writes is English, about an idea in whatever language; it stops at the words it is asked for. */
const OFFLINE_TOKENS_PER_WORD = 1.45;
/** A careful guess at a hosted model: how soon it begins, how fast it writes. */
const FIRST_TOKEN_SECONDS = 1;
const TOKENS_PER_SECOND = 60;

/**
 * What a section takes that this workspace has not had from this model yet, without its input. A model is asked for a
 * number of words between two others, which leave more room above than below: the mean of a triangle over the three.
 */
export function firstGuess(provider: string, section: BlueprintSection, idea: string): Usual {
  const { words, output, max_output_tokens } = section;
  const written =
    provider === 'offline'
      ? words.target * OFFLINE_TOKENS_PER_WORD
      : ((words.min + words.target + words.max) / 3) * tokensPerWord(provider, idea);
  const tokens = Math.ceil(Math.min(written * (output === 'tasks' ? TASK_FACTOR : 1), max_output_tokens));
  return { usage: plainUsage(0, tokens, true), seconds: FIRST_TOKEN_SECONDS + tokens / TOKENS_PER_SECOND };
}
