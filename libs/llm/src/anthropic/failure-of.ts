import Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/messages';
import type { Usage } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import { connectionFailure } from '../http/connection-failure.js';
import { maskSecrets } from '../http/mask-secrets.js';
import { NotAStream } from '../http/patient-fetch.js';
import type { RefusedAnswer } from './classify.js';
import { classifyAnswer } from './classify.js';

/** What is known about a call that failed. */
export interface FailedCall {
  apiKey: string;
  host: string;
  params: MessageCreateParamsStreaming;
  requestId: string | null;
  usage: Usage | null;
}

/** What an error of the SDK, the connection or the message itself means. What is none of these is a bug and stays. */
export function failureOf(error: unknown, call: FailedCall): unknown {
  if (error instanceof ProviderFailure) return error;
  const { host, requestId, usage } = call;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof NotAStream) return refusalOf(cause, call);
  if (error instanceof Anthropic.APIError && !(error instanceof Anthropic.APIConnectionError)) {
    const within: { error: unknown; headers: Headers | undefined } = error;
    return classified({ status: null, body: within.error, headers: within.headers ?? null }, call);
  }
  return connectionFailure(error, host, { requestId, usage }) ?? error;
}

/** Of an answer that is no stream. A redirect is not followed: a key is not sent where nobody configured it. */
function refusalOf({ status, headers, body }: NotAStream, call: FailedCall): ProviderFailure {
  if (status >= 400) return classified({ status, body: parsed(body), headers }, call);
  const location = headers.get('location');
  if (status < 300 || location === null) return notAStream(call.host, headers.get('content-type') ?? String(status));
  const detail = `${call.host} redirects to ${maskSecrets(location, call.apiKey)}; check the base URL`;
  return new ProviderFailure('invalid_request', detail, null, { status });
}

/** A page with status 200: of a server that is no model's, most often, and there no retry helps. */
export function notAStream(host: string, what: string): ProviderFailure {
  return new ProviderFailure(
    'invalid_request',
    `${host} answered with ${what} instead of a stream; check the base URL`,
  );
}

function classified(answer: RefusedAnswer, { apiKey, params, usage }: FailedCall): ProviderFailure {
  return classifyAnswer(answer, {
    model: params.model,
    apiKey,
    receivedAtMs: Date.now(),
    requestBytes: Buffer.byteLength(JSON.stringify(params)),
    usage,
  });
}

/** JSON, or the text itself. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
