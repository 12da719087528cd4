import Anthropic from '@anthropic-ai/sdk';
import type { Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import type { Provider, ProviderEvent } from '@planwright/contracts';
import { callOnce } from '../http/call-once.js';
import { NEVER_MS, patientFetch } from '../http/patient-fetch.js';
import { refuseUnusableKey } from '../http/usable-key.js';
import { failureOf, notAStream } from './failure-of.js';
import { messageParams } from './message-params.js';
import { seenLimits } from './rate-limit-headers.js';
import type { Stop } from './stop-reason.js';
import { finishedEvent } from './stop-reason.js';
import type { ReportedCounts } from './usage.js';
import { createUsageMeter } from './usage.js';

const DEFAULT_BASE_URL = 'https://api.anthropic.com';

export interface AnthropicOptions {
  apiKey: string;
  /** Without `/v1`: of a proxy, or of a stand-in for tests. */
  baseUrl?: string | undefined;
}

/**
 * Writes with Anthropic's Messages API. The SDK carries the call and nothing more: no retries, no time limits, no log
 * (at its `debug` level it would print prompts), no traces, and nothing read from the environment but
 * `ANTHROPIC_CUSTOM_HEADERS`, which it can't be told to leave alone, and of which only what `patientFetch` sends leaves.
 */
export function createAnthropicProvider({ apiKey, baseUrl }: AnthropicOptions): Provider {
  const baseURL = baseUrl ?? DEFAULT_BASE_URL;
  const { host } = new URL(baseURL);
  const client = new Anthropic({
    apiKey,
    baseURL,
    webhookKey: null,
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: 'off',
    openTelemetry: false,
    fetch: patientFetch,
  });

  return {
    name: 'anthropic',
    stream(request, signal) {
      const params = messageParams(request);
      const meter = createUsageMeter();
      let requestId: string | null = null;
      return callOnce(signal, {
        start() {
          refuseUnusableKey(apiKey, host);
          return client.messages.create(params, { signal });
        },
        accept({ headers }) {
          const type = headers.get('content-type');
          if (type !== null && !type.includes('text/event-stream')) throw notAStream(host, type);
          requestId = headers.get('request-id');
          return { type: 'accepted', limits: seenLimits(headers, Date.now()), requestId };
        },
        read: (events) => readMessage(events, meter, { model: request.model, requestId }),
        failureOf: (error) => failureOf(error, { apiKey, host, params, requestId, usage: meter.read() }),
      });
    },
  };
}

type Meter = ReturnType<typeof createUsageMeter>;

/** The text of a message, up to `message_stop`. Ends without `finished` where the stream does so without it. */
async function* readMessage(
  events: AsyncIterable<RawMessageStreamEvent>,
  meter: Meter,
  call: { model: string; requestId: string | null },
): AsyncGenerator<ProviderEvent> {
  let model = call.model;
  let stop: Pick<Stop, 'reason' | 'details'> | null = null;
  for await (const event of events) {
    switch (event.type) {
      case 'message_start': {
        const message: Partial<Message> | undefined = event.message;
        model = message?.model ?? model;
        meter.report(message?.usage);
        const soFar = meter.read();
        if (soFar) yield { type: 'usage', usage: soFar };
        break;
      }
      case 'content_block_start':
        if (event.content_block.type === 'text' && event.content_block.text !== '')
          yield { type: 'content', text: event.content_block.text };
        break;
      case 'content_block_delta':
        // What the model thinks, and the signature of it, is not part of its text.
        if (event.delta.type === 'text_delta' && event.delta.text !== '')
          yield { type: 'content', text: event.delta.text };
        break;
      case 'message_delta': {
        const usage: ReportedCounts | undefined = event.usage;
        meter.report(usage);
        const { stop_reason: reason, stop_details: details } = event.delta;
        if (reason !== null) stop = { reason, details };
        break;
      }
      case 'message_stop':
        if (stop) yield finishedEvent({ ...stop, usage: meter.read(), model, requestId: call.requestId });
        return;
      default:
      // The provider adds kinds of events without a new version of the API.
    }
  }
}
