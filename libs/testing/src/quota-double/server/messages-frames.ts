import { errorObject } from './errors.js';
import type { Answered, Finish, Frames } from './frames.js';

const STOP_REASONS: Record<Finish, string> = {
  ...{ stop: 'end_turn', length: 'max_tokens', filtered: 'refusal', refusal: 'refusal' },
};

/** Anthropic's Messages: named events, blocks with an index, pings, and usage at both ends. */
export function messagesFrames({
  facts,
  number,
  reasoningTokens,
  cachedInputTokens,
  cacheWriteTokens,
}: Answered): Frames {
  const event = (type: string, fields: object = {}): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const index = reasoningTokens > 0 ? 1 : 0;
  const input = {
    input_tokens: facts.inputTokens - cachedInputTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
  };
  const outputDetails = { output_tokens_details: { thinking_tokens: reasoningTokens }, server_tool_use: null };

  const thinking = () =>
    event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }) +
    event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Let me see.' } }) +
    event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'c2lnbmF0dXJl' } }) +
    event('content_block_stop', { index: 0 });

  return {
    accepted: () => '',
    opening: () =>
      event('message_start', {
        message: {
          ...{ id: `msg_${number}`, type: 'message', role: 'assistant', model: facts.model, content: [] },
          ...{ stop_reason: null, stop_sequence: null, stop_details: null, container: null, diagnostics: null },
          usage: {
            ...input,
            cache_creation: { ephemeral_5m_input_tokens: cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
            ...{ output_tokens: 1, ...outputDetails, service_tier: 'standard', inference_geo: null, speed: 'standard' },
          },
        },
      }) +
      (reasoningTokens > 0 ? thinking() : '') +
      event('content_block_start', { index, content_block: { type: 'text', text: '', citations: null } }) +
      event('ping'),
    piece: (text) => event('content_block_delta', { index, delta: { type: 'text_delta', text } }),
    ending: (finish, _text, outputTokens) =>
      event('content_block_stop', { index }) +
      event('message_delta', {
        delta: {
          ...{ stop_reason: STOP_REASONS[finish], stop_sequence: null, container: null },
          stop_details:
            STOP_REASONS[finish] === 'refusal'
              ? { type: 'refusal', category: 'general_harms', explanation: 'This is not written.' }
              : null,
        },
        usage: { ...input, output_tokens: outputTokens, ...outputDetails },
      }) +
      event('message_stop'),
    error: (name) => event('error', { error: errorObject('messages', name), request_id: null }),
    keepAlive: () => event('ping'),
  };
}
