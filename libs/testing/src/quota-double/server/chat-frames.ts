import { errorObject } from './errors.js';
import type { Answered, Finish, Frames } from './frames.js';

const FINISH_REASONS: Record<Finish, string> = {
  ...{ stop: 'stop', length: 'length', filtered: 'content_filter', refusal: 'stop' },
};

/** OpenAI's Chat Completions: unnamed chunks, and `[DONE]`. */
export function chatFrames(answered: Answered): Frames {
  const { facts, number, isRefusal, isAzure, reasoningTokens, cachedInputTokens, cacheWriteTokens } = answered;
  const data = (value: object | string): string =>
    `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
  const chunk = (choices: object[], more: object = {}): string =>
    data({
      ...{ id: `chatcmpl-${number}`, object: 'chat.completion.chunk', created: 1_790_000_000, model: facts.model },
      ...{ service_tier: 'default', system_fingerprint: 'fp_double', choices },
      // With usage asked for, every chunk has the field, and all but the last one have it empty.
      ...(facts.includesUsage && { usage: null }),
      ...more,
    });
  const choice = (delta: object, finish_reason: string | null = null) => ({
    ...{ index: 0, delta, logprobs: null, finish_reason },
  });
  return {
    accepted: () => '',
    opening: () =>
      (isAzure ? chunk([], { id: '', model: '', prompt_filter_results: [{ prompt_index: 0 }] }) : '') +
      chunk([choice({ role: 'assistant', content: '', refusal: null })]),
    piece: (text) => chunk([choice(isRefusal ? { refusal: text } : { content: text })]),
    ending(finish, _text, outputTokens) {
      const usage = {
        ...{ prompt_tokens: facts.inputTokens, completion_tokens: outputTokens },
        total_tokens: facts.inputTokens + outputTokens,
        prompt_tokens_details: {
          ...{ cached_tokens: cachedInputTokens, cache_write_tokens: cacheWriteTokens, audio_tokens: 0 },
        },
        completion_tokens_details: {
          ...{ reasoning_tokens: reasoningTokens, audio_tokens: 0 },
          ...{ accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
        },
      };
      return (
        chunk([choice({}, FINISH_REASONS[finish])]) + (facts.includesUsage ? chunk([], { usage }) : '') + data('[DONE]')
      );
    },
    error: (name) => data({ error: errorObject('chat', name) }),
    keepAlive: () => ': keep-alive\n\n',
  };
}
