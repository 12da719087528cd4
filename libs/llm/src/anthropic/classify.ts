import type { FailureCode, SeenLimit, Usage } from '@planwright/contracts';
import { MAX_DELAY_MS, ProviderFailure } from '@planwright/contracts';
import { codeOfStatus } from '../http/code-of-status.js';
import { retryAfterMs } from '../http/header-values.js';
import { maskSecrets } from '../http/mask-secrets.js';
import { CODES, RAMP_SENTENCE, SENTENCES, TYPES, VAGUE_TYPES } from './error-codes.js';
import { seenLimits } from './rate-limit-headers.js';
import { tooLargeText } from './too-large.js';

/** An answer that refused a call, or an error event within a stream: that one has no status of its own. */
export interface RefusedAnswer {
  status: number | null;
  /** Parsed where it is JSON, its text otherwise. */
  body: unknown;
  headers: Headers | null;
}

/** What the caller knows about the call that was refused. */
export interface RefusedCall {
  model: string;
  apiKey: string;
  receivedAtMs: number;
  requestBytes: number;
  usage: Usage | null;
}

/**
 * What a refusal means: decided by the cause the body names, then its sentence where its type is vague, then its type,
 * then the status. Waiting is named by `retry-after`, or else by the reset of a limit that is used up.
 */
export function classifyAnswer(answer: RefusedAnswer, call: RefusedCall): ProviderFailure {
  const said = readBody(answer.body);
  const code = codeOf(answer.status, said);
  const limits = answer.status !== null && answer.headers ? seenLimits(answer.headers, call.receivedAtMs) : [];
  const requestId = said.requestId ?? answer.headers?.get('request-id') ?? null;
  const named = [answer.status, said.code ?? said.type].filter((part) => part !== null).join(' ');
  const source = `Anthropic, ${call.model}: ${named}`;
  const words = maskSecrets(`${sentence(code, answer, said, call)} (${source}`, call.apiKey);
  // Behind the mask, to which some ids look like keys.
  const detail = `${words}${requestId === null ? '' : `, request ${requestId}`})`;
  return new ProviderFailure(code, detail, resetsAt(code, answer, limits, call), {
    status: answer.status,
    providerCode: said.code ?? said.type,
    requestId,
    isRamp: code === 'rate_limited' && (said.code === 'ramp_limit_exceeded' || RAMP_SENTENCE.test(said.message)),
    limits,
    usage: call.usage,
  });
}

interface Said {
  type: string | null;
  code: string | null;
  message: string;
  requestId: string | null;
}

function codeOf(status: number | null, { type, code, message }: Said): FailureCode {
  const named = code === null ? undefined : CODES[code];
  if (named) return named;
  if (type === null) return codeOfStatus(status);
  const meant = VAGUE_TYPES.has(type) ? SENTENCES.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  return meant ?? TYPES[type] ?? (status === null ? vagueInStream(type) : codeOfStatus(status));
}

/** Within a stream there is no status to ask: what is not known may well pass. */
function vagueInStream(type: string): FailureCode {
  return type === 'invalid_request_error' ? 'invalid_request' : 'server_error';
}

function sentence(code: FailureCode, { status }: RefusedAnswer, said: Said, call: RefusedCall): string {
  const words = said.message.replace(/[.\s]+$/, '') || 'it gave no reason';
  if (code === 'too_large') return tooLargeText(words, call) ?? words;
  if (status !== 404) return words;
  return said.type === 'not_found_error'
    ? `there is no model "${call.model}" for this key (${words})`
    : `nothing answers for model "${call.model}" at this address; check the base URL (${words})`;
}

function resetsAt(
  code: FailureCode,
  { headers }: RefusedAnswer,
  limits: readonly SeenLimit[],
  { receivedAtMs }: RefusedCall,
): string | null {
  if (code !== 'rate_limited' && code !== 'overloaded') return null;
  const named = headers ? retryAfterMs(headers, receivedAtMs) : null;
  const resets = limits.filter((limit) => limit.remaining === 0).map((limit) => limit.resetsInMs ?? 0);
  const waitMs = named ?? (code === 'rate_limited' ? Math.max(0, ...resets) : 0);
  return waitMs > 0 ? new Date(receivedAtMs + Math.min(waitMs, MAX_DELAY_MS)).toISOString() : null;
}

function readBody(body: unknown): Said {
  const error = field(body, 'error');
  return {
    type: text(field(error, 'type')),
    code: text(field(field(error, 'details'), 'error_code')),
    message: text(field(error, 'message')) ?? (typeof body === 'string' ? inShort(body) : ''),
    requestId: text(field(body, 'request_id')),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The title of a page, or the beginning of whatever it is. */
function inShort(body: string): string {
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1];
  const words = (title ?? body.replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim();
  return words.length > 300 ? `${words.slice(0, 300)}…` : words;
}
