import type { ProviderEvent, Usage } from '@planwright/contracts';
import OpenAI from 'openai';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { EventReader } from './call-endpoint.js';
import { usageOf } from './usage.js';

/** What of a refusal goes into the detail. */
const MAX_REFUSAL = 500;

/** Reads the stream of one response. It ends without `finished` where the stream ends without a terminal event. */
export function createResponseReader(model: string): EventReader<ResponseStreamEvent> {
  let usage: Usage | null = null;
  let refusal = '';
  /** Items in which the model talks about its work instead of answering. */
  const asides = new Set<number>();

  const finished = (response: Partial<Response> | undefined): ProviderEvent => {
    usage = reported(response);
    const reason = response?.incomplete_details?.reason;
    const isIncomplete = response?.status === 'incomplete' || reason !== undefined;
    const end = { type: 'finished', usage, model: response?.model ?? model } as const;
    if (reason === 'content_filter') return { ...end, finish: 'filtered', detail: 'content_filter' };
    if (refusal !== '') return { ...end, finish: 'filtered', detail: refusal.slice(0, MAX_REFUSAL) };
    // Cut by whatever other limit it names: what is there is not the whole text.
    return isIncomplete ? { ...end, finish: 'length', detail: reason } : { ...end, finish: 'stop' };
  };

  async function* read(events: AsyncIterable<ResponseStreamEvent>): AsyncGenerator<ProviderEvent> {
    for await (const event of events) {
      switch (event.type) {
        case 'response.output_item.added':
          if (event.item.type === 'message' && event.item.phase === 'commentary') asides.add(event.output_index);
          break;
        case 'response.output_text.delta':
          if (event.delta !== '' && !asides.has(event.output_index)) yield { type: 'content', text: event.delta };
          break;
        case 'response.refusal.delta':
          refusal += event.delta;
          break;
        case 'response.refusal.done':
          refusal = event.refusal === '' ? refusal : event.refusal;
          break;
        case 'response.completed':
        case 'response.incomplete':
          yield finished(event.response);
          return;
        case 'response.failed':
          usage = reported(event.response);
          throw inStream(event.response.error);
        case 'error':
          throw inStream(event);
        default:
        // Steps and tools; and what later versions add.
      }
    }
  }
  return { read, usage: () => usage };
}

/** As the SDK throws the errors it recognises in a stream. */
function inStream(error: object | null): Error {
  return new OpenAI.APIError(undefined, error ?? { code: 'server_error' }, undefined, undefined);
}

function reported(response: Partial<Response> | undefined): Usage | null {
  const said = response?.usage;
  if (said === undefined || said === null) return null;
  const inputs: Partial<typeof said.input_tokens_details> | undefined = said.input_tokens_details;
  const outputs: Partial<typeof said.output_tokens_details> | undefined = said.output_tokens_details;
  return usageOf({
    input: said.input_tokens,
    output: said.output_tokens,
    total: said.total_tokens,
    cached: inputs?.cached_tokens,
    cacheWritten: inputs?.cache_write_tokens,
    reasoning: outputs?.reasoning_tokens,
  });
}
