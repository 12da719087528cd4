import { errorObject } from './errors.js';
import type { Answered, Finish, Frames } from './frames.js';

/** OpenAI's Responses: every event is numbered and named twice. */
export function responsesFrames({ facts, number, ...answered }: Answered): Frames {
  const { isRefusal, reasoningTokens, cachedInputTokens, cacheWriteTokens } = answered;
  const itemId = `msg_${number}`;
  const reasoning = { id: `rs_${number}`, type: 'reasoning', summary: [] };
  const outputIndex = reasoningTokens > 0 ? 1 : 0;
  const place = { item_id: itemId, output_index: outputIndex, content_index: 0 };
  let sequence = 0;

  const event = (type: string, fields: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;

  const part = (text: string) =>
    isRefusal ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [], logprobs: [] };

  const item = (status: string, content: object[]) => ({
    ...{ id: itemId, type: 'message', status, role: 'assistant', content },
  });

  const response = (status: string, more: object = {}) => ({
    ...{ id: `resp_${number}`, object: 'response', created_at: 1_790_000_000, status, background: false, error: null },
    ...{ incomplete_details: null, instructions: null, max_output_tokens: facts.maxOutputTokens, model: facts.model },
    ...{
      output: [],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
    },
    ...{
      service_tier: 'default',
      store: false,
      temperature: 1,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
    },
    ...{ tools: [], top_p: 1, truncation: 'disabled', usage: null, user: null, metadata: {} },
    ...more,
  });

  return {
    accepted: () =>
      event('response.created', { response: response('in_progress') }) +
      event('response.in_progress', { response: response('in_progress') }),
    opening() {
      const thought =
        reasoningTokens > 0
          ? event('response.output_item.added', { output_index: 0, item: reasoning }) +
            event('response.output_item.done', { output_index: 0, item: reasoning })
          : '';
      return (
        thought +
        event('response.output_item.added', { output_index: outputIndex, item: item('in_progress', []) }) +
        event('response.content_part.added', { ...place, part: part('') })
      );
    },
    piece: (delta) =>
      isRefusal
        ? event('response.refusal.delta', { ...place, delta })
        : event('response.output_text.delta', { ...place, delta, logprobs: [] }),
    ending(finish: Finish, text, outputTokens) {
      const isComplete = finish === 'stop' || finish === 'refusal';
      const status = isComplete ? 'completed' : 'incomplete';
      const message = item(status, [part(text)]);
      const usage = {
        input_tokens: facts.inputTokens,
        input_tokens_details: { cached_tokens: cachedInputTokens, cache_write_tokens: cacheWriteTokens },
        output_tokens: outputTokens,
        output_tokens_details: { reasoning_tokens: reasoningTokens },
        total_tokens: facts.inputTokens + outputTokens,
      };
      const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter';
      return (
        (isRefusal
          ? event('response.refusal.done', { ...place, refusal: text })
          : event('response.output_text.done', { ...place, text, logprobs: [] })) +
        event('response.content_part.done', { ...place, part: part(text) }) +
        event('response.output_item.done', { output_index: outputIndex, item: message }) +
        event(`response.${status}`, {
          response: response(status, {
            output: reasoningTokens > 0 ? [reasoning, message] : [message],
            ...{ usage, incomplete_details: isComplete ? null : { reason } },
          }),
        })
      );
    },
    error(name, as) {
      const { code = null, message, param = null, type } = errorObject('responses', name);
      return as === 'failed'
        ? event('response.failed', { response: response('failed', { error: { code: code ?? type, message } }) })
        : event('error', { code: code ?? type, message, param });
    },
    keepAlive: () => ': keep-alive\n\n',
  };
}
