/** The largest body the Messages API takes (platform.claude.com/docs/en/api/errors). */
const MAX_REQUEST_MB = 32;

const PROMPT = /prompt is too long: ([\d,]+) tokens > ([\d,]+)/i;
const PROMPT_AND_ANSWER = /exceed context limit: ([\d,]+) \+ ([\d,]+) > ([\d,]+)/i;
const ANSWER = /max_tokens: ([\d,]+) > ([\d,]+)/i;
const BYTES = /exceeds the maximum (allowed )?(size|number of bytes)/i;

/** What was asked and what would fit, where the provider's sentence or the call says so; null where neither does. */
export function tooLargeText(sentence: string, call: { model: string; requestBytes: number }): string | null {
  const prompt = PROMPT.exec(sentence);
  if (prompt) return `the prompt has ${prompt[1]} tokens, ${call.model} reads at most ${prompt[2]}`;
  const both = PROMPT_AND_ANSWER.exec(sentence);
  if (both) {
    return `the prompt has ${both[1]} tokens and the answer may have ${both[2]}, ${call.model} holds ${both[3]} together`;
  }
  const answer = ANSWER.exec(sentence);
  if (answer) return `the answer may have ${answer[1]} tokens, ${call.model} writes at most ${answer[2]}`;
  if (!BYTES.test(sentence)) return null;
  const megabytes = (call.requestBytes / 1_000_000).toFixed(1);
  return `the request has ${megabytes} MB, Anthropic takes at most ${MAX_REQUEST_MB} MB`;
}
