import type { ProviderEvent, Usage } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { EventReader } from '../openai/call-endpoint.js';
import { usageOf } from '../openai/usage.js';

/** What of a refusal goes into the detail. */
const MAX_REFUSAL = 500;

/** Reasons to end, in the words of those who speak this protocol. */
const FINISHES: Readonly<Record<string, 'stop' | 'length' | 'filtered'>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  content_filter: 'filtered',
  safety: 'filtered',
  refusal: 'filtered',
};

/**
 * Reads the stream of one completion. It is over when a `finish_reason` was seen, and not by `[DONE]` alone; the usage
 * comes behind it, in a chunk without choices, so that the end of the stream is waited for. Servers that report none
 * end with `usage: null`; servers that report it in every chunk, with the last one.
 */
export function createChatReader(requestedModel: string): EventReader<ChatCompletionChunk> {
  let usage: Usage | null = null;

  async function* read(chunks: AsyncIterable<ChatCompletionChunk>): AsyncGenerator<ProviderEvent> {
    let model = requestedModel;
    let reason: string | null = null;
    let refusal = '';
    try {
      for await (const chunk of chunks as AsyncIterable<Partial<ChatCompletionChunk>>) {
        usage = reported(chunk.usage) ?? usage;
        model = chunk.model || model;
        const choice: Partial<ChatCompletionChunk.Choice> | undefined = chunk.choices?.[0];
        refusal += choice?.delta?.refusal ?? '';
        const text = choice?.delta?.content ?? '';
        if (text !== '') yield { type: 'content', text };
        reason = choice?.finish_reason ?? reason;
      }
    } catch (error) {
      // The model had ended; only the usage was still to come.
      if (reason === null) throw error;
    }
    if (reason === null) return;
    yield { type: 'finished', usage, model, ...finishOf(reason, refusal, usage) };
  }
  return { read, usage: () => usage };
}

function finishOf(
  reason: string,
  refusal: string,
  usage: Usage | null,
): { finish: 'stop' | 'length' | 'filtered'; detail?: string } {
  const finish = FINISHES[reason.toLowerCase()];
  if (refusal !== '') return { finish: 'filtered', detail: refusal.slice(0, MAX_REFUSAL) };
  if (finish === 'filtered') return { finish, detail: reason };
  if (finish !== undefined) return { finish };
  const detail = `the model stopped with the reason ${JSON.stringify(reason.slice(0, 100))}`;
  // DeepSeek's word for a full machine.
  if (reason === 'insufficient_system_resource')
    throw new ProviderFailure('overloaded', detail, null, { providerCode: reason, usage });
  if (reason === 'tool_calls' || reason === 'function_call')
    throw new ProviderFailure('malformed', `${detail}: it called a tool, and none was offered`, null, { usage });
  throw new ProviderFailure('server_error', detail, null, { providerCode: reason.slice(0, 100), usage });
}

function reported(said: ChatCompletionChunk['usage']): Usage | null {
  if (said === undefined || said === null) return null;
  return usageOf({
    input: said.prompt_tokens,
    output: said.completion_tokens,
    total: said.total_tokens,
    cached: said.prompt_tokens_details?.cached_tokens,
    cacheWritten: said.prompt_tokens_details?.cache_write_tokens,
    reasoning: said.completion_tokens_details?.reasoning_tokens,
  });
}
