import type { ProviderEvent, Refusal } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import OpenAI from 'openai';
import type { Call } from '../http/call-once.js';
import { callOnce } from '../http/call-once.js';
import { connectionFailure } from '../http/connection-failure.js';
import { NEVER_MS, NotAStream, patientFetch } from '../http/patient-fetch.js';
import { refuseUnusableKey } from '../http/usable-key.js';
import type { Refused } from './classify.js';
import { requestIdOf } from './classify.js';
import { seenLimits } from './rate-limit-headers.js';

/** A server that speaks one of OpenAI's protocols. */
export interface Endpoint {
  client: OpenAI;
  host: string;
  apiKey: string | undefined;
  windowMs: number;
  classify(refused: Refused): ProviderFailure;
}

/**
 * A client that only carries: no retries, no time limits, no log, and nothing from the environment, where a key or a
 * project of OpenAI may stand that another server must not see.
 */
export function createEndpoint(
  baseUrl: string,
  options: Pick<Endpoint, 'apiKey' | 'classify'> & { windowMs?: number | undefined },
): Endpoint {
  const { apiKey, classify, windowMs = 60_000 } = options;
  const client = new OpenAI({
    baseURL: baseUrl,
    // The SDK insists on one. What is sent is the header, which also goes before one from the environment.
    apiKey: apiKey ?? 'none',
    defaultHeaders: { authorization: apiKey === undefined ? null : `Bearer ${apiKey}` },
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: NEVER_MS,
    logLevel: 'off',
    fetch: patientFetch,
  });
  return { client, host: new URL(baseUrl).host, apiKey, windowMs, classify };
}

/** What a wire format's reader makes of the stream, and what was used as far as it was told. */
export interface EventReader<T> {
  read(events: AsyncIterable<T>): AsyncIterable<ProviderEvent>;
  usage(): Refusal['usage'];
}

/**
 * Calls once and reads to the end mark: `accepted` as soon as the headers are there, then what the reader makes of the
 * stream. What the provider or the connection does wrong is thrown as a `ProviderFailure`.
 */
export function callEndpoint<T>(
  endpoint: Endpoint,
  signal: AbortSignal,
  start: Call<T>['start'],
  reader: EventReader<T>,
): AsyncGenerator<ProviderEvent> {
  const { apiKey, host, windowMs } = endpoint;
  let headers = new Headers();
  return callOnce(signal, {
    start() {
      if (apiKey !== undefined) refuseUnusableKey(apiKey, host);
      return start();
    },
    accept(response) {
      ({ headers } = response);
      return { type: 'accepted', limits: seenLimits(headers, { windowMs }), requestId: requestIdOf(headers) };
    },
    read: (events) => reader.read(events),
    failureOf: (error) => failureOf(error, endpoint, headers, reader.usage()),
  });
}

/** What an error means; what is neither the provider's nor the connection's is a bug, and stays one. */
function failureOf(error: unknown, endpoint: Endpoint, headers: Headers, usage: Refusal['usage']): unknown {
  if (error instanceof ProviderFailure) return error;
  const { host, apiKey, windowMs, classify } = endpoint;
  const refused = { nowMs: Date.now(), host, secret: apiKey, windowMs, usage };
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof NotAStream) {
    const { status, body } = cause;
    return classify({ ...refused, status, headers: cause.headers, body: body === '' ? redirectOf(cause) : body });
  }
  if (error instanceof OpenAI.APIError && !(error instanceof OpenAI.APIConnectionError))
    return classify({ ...refused, status: null, headers, body: { error: error.error as unknown } });
  return connectionFailure(error, host, { requestId: requestIdOf(headers), usage }) ?? error;
}

function redirectOf({ headers }: NotAStream): string {
  const location = headers.get('location');
  return location === null ? '' : `It redirects to ${location}`;
}
