import type { RefusalStopDetails } from '@anthropic-ai/sdk/resources/messages';
import type { ProviderEvent, Usage } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';

/** How a message ended, in the provider's words. */
export interface Stop {
  reason: string;
  details: Partial<RefusalStopDetails> | null;
  usage: Usage | null;
  model: string;
  requestId: string | null;
}

/** The end of a message as an event; throws where what was written can't be used. */
export function finishedEvent({ reason, details, usage, model, requestId }: Stop): ProviderEvent {
  switch (reason) {
    case 'end_turn':
    case 'stop_sequence':
      return { type: 'finished', finish: 'stop', usage, model };
    case 'max_tokens':
      return { type: 'finished', finish: 'length', usage, model };
    case 'refusal':
      return { type: 'finished', finish: 'filtered', usage, model, detail: refusalText(details) };
    case 'model_context_window_exceeded': {
      const used = usage
        ? ` with ${usage.input_tokens} tokens of prompt and ${usage.output_tokens} of answer`
        : ' before the answer ended';
      throw new ProviderFailure('too_large', `the context window of ${model} was full${used}`, null, {
        providerCode: reason,
        requestId,
        usage,
      });
    }
    default:
      // `tool_use` and `pause_turn` belong to tools, and none are offered; a reason not known yet is no proof of an end.
      throw new ProviderFailure('malformed', `${model} stopped for "${reason}" instead of ending its text`, null, {
        providerCode: reason,
        requestId,
        usage,
      });
  }
}

function refusalText(details: Stop['details']): string {
  const category = details?.category ? `the model refused (${details.category})` : 'the model refused';
  return details?.explanation ? `${category}: ${details.explanation}` : category;
}
