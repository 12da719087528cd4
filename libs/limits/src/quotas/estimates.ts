import type { GenerateRequest, Usage } from '@planwright/contracts';
import { promptText } from '@planwright/contracts';
import type { Estimate } from './profiles.js';

/** Until it is known better: English runs to four characters a token, and to four tokens in three words. */
const CHARS_PER_TOKEN = 4;
const TOKENS_PER_WORD = 4 / 3;
/** A task as JSON: title, description, criteria, links. */
const TOKENS_PER_TASK_WORD = 2;
/** How much the last call counts in an average. */
const WEIGHT = 0.1;

/** What was used, as a multiple of what was expected. */
interface Factors {
  input: number;
  output: number;
}

/**
 * What calls will need, in tokens: by the length of the prompt and of the text asked for, corrected by what calls to the
 * same model have really used.
 */
export class Estimates {
  private readonly factors = new Map<string, Factors>();

  of(provider: string, request: GenerateRequest): Estimate {
    const { input, output } = plain(request);
    const factors = this.factors.get(key(provider, request));
    const maxOutput = request.maxOutputTokens;
    return {
      input: Math.ceil(input * (factors?.input ?? 1)),
      output: Math.min(maxOutput, Math.ceil(output * (factors?.output ?? 1))),
      maxOutput,
    };
  }

  /** What a finished call reported. */
  learn(provider: string, request: GenerateRequest, usage: Usage): void {
    if (usage.estimated) return;
    const { input, output } = plain(request);
    const seen = { input: usage.input_tokens / input, output: usage.output_tokens / output };
    const known = this.factors.get(key(provider, request)) ?? seen;
    this.factors.set(key(provider, request), {
      input: known.input + (seen.input - known.input) * WEIGHT,
      output: known.output + (seen.output - known.output) * WEIGHT,
    });
  }
}

function plain({ prompt, words, output }: GenerateRequest): { input: number; output: number } {
  const chars = promptText(prompt.system).length + promptText(prompt.user).length;
  const perWord = output === 'tasks' ? TOKENS_PER_TASK_WORD : TOKENS_PER_WORD;
  return { input: Math.max(1, chars / CHARS_PER_TOKEN), output: Math.max(1, words.target * perWord) };
}

function key(provider: string, { model, sectionId }: GenerateRequest): string {
  return `${provider}/${model}/${sectionId}`;
}
