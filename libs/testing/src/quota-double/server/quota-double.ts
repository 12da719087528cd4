import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QuotaOptions } from '../profiles.js';
import { createQuota, type Quota } from '../quota.js';
import { errorAnswer, type ErrorAnswer, type ErrorName } from './errors.js';
import type { Answer, Fault } from './fault.js';
import { createFrames } from './frames.js';
import type { JournalEntry, OpenEntry } from './journal.js';
import { readRequest, type Api, type RequestFacts } from './read-request.js';
import { departure, planAnswer, writeAnswer } from './write-answer.js';

type ProviderName = JournalEntry['provider'];

export interface QuotaDoubleOptions {
  openai?: QuotaOptions;
  azure?: QuotaOptions;
  anthropic?: QuotaOptions;
  /** What every call gets, or what this one gets. What is left out has its default. */
  answer?: Answer | ((facts: RequestFacts, entry: JournalEntry) => Answer);
  /** Any key is taken where this is left out; none is 401. */
  apiKeys?: readonly string[];
  /** Any model is known where this is left out. */
  models?: readonly string[];
  /** Input that is longer is refused. Default 200,000. */
  contextTokens?: number;
  /** Larger bodies are 413. Default 32 MiB. */
  maxBodyBytes?: number;
  /** How the models count. Default: four characters a token. */
  countTokens?: (text: string) => number;
  /** Default: the true time. Pacing always takes true time. */
  now?: () => number;
}

/**
 * Stands in for OpenAI, Azure OpenAI and Anthropic: their wire formats, their limits, and what goes wrong with them.
 * Everything it did is in `journal` and in each quota's ledger.
 */
export interface QuotaDouble {
  /** Base URLs, as SDKs take them. */
  readonly urls: Readonly<Record<ProviderName, string>>;
  readonly quotas: Readonly<Record<ProviderName, Quota>>;
  readonly journal: readonly JournalEntry[];
  /** The next calls go wrong, one after the other, in this order. */
  fail(...faults: readonly Fault[]): void;
  /** What calls get from now on. */
  answerWith(answer: NonNullable<QuotaDoubleOptions['answer']>): void;
  close(): Promise<void>;
}

const ROUTES: Readonly<Record<string, { api: Api; provider: ProviderName }>> = {
  '/v1/responses': { api: 'responses', provider: 'openai' },
  '/v1/chat/completions': { api: 'chat', provider: 'openai' },
  '/openai/v1/responses': { api: 'responses', provider: 'azure' },
  '/openai/v1/chat/completions': { api: 'chat', provider: 'azure' },
  '/v1/messages': { api: 'messages', provider: 'anthropic' },
};

export async function startQuotaDouble(options: QuotaDoubleOptions = {}): Promise<QuotaDouble> {
  const now = options.now ?? Date.now;
  const quotaOf = (name: ProviderName) => createQuota(name, { startsAt: now(), ...options[name] });
  const quotas = { openai: quotaOf('openai'), azure: quotaOf('azure'), anthropic: quotaOf('anthropic') };
  const journal: OpenEntry[] = [];
  const faults: Fault[] = [];
  let answer = options.answer ?? {};

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = ROUTES[new URL(incoming.url ?? '/', 'http://double').pathname];
    if (!route || incoming.method !== 'POST') {
      return reply(response, errorAnswer('responses', 'not_found', `Unknown URL: ${incoming.method} ${incoming.url}`));
    }
    const entry = openEntry(journal.length + 1, route, incoming, now());
    journal.push(entry);
    const left = new AbortController();
    response.once('close', () => {
      entry.closedAt = now();
      left.abort();
    });
    try {
      await answerCall(entry, incoming, response, left.signal);
    } catch (error) {
      if (!left.signal.aborted) throw error;
      entry.end = 'client_closed';
    } finally {
      entry.endedAt = now();
      const quota = quotas[route.provider];
      if (entry.callId !== null && quota.ledger.call(entry.callId).end === 'open') quota.abort(now(), entry.callId);
    }
  };

  const answerCall = async (
    entry: OpenEntry,
    incoming: IncomingMessage,
    response: ServerResponse,
    gone: AbortSignal,
  ) => {
    const { api, provider } = entry;
    const quota = quotas[provider];
    const body = await read(incoming);
    const refuse = (error: ErrorAnswer) => {
      entry.end = 'error';
      entry.status = error.status;
      reply(response, error, requestIdOf(entry));
    };
    const accepted = examine(entry, body, options);
    entry.fault = faults.shift() ?? null;
    if (!accepted.ok) return refuse(errorAnswer(api, accepted.error, accepted.message));
    const { facts } = accepted;
    Object.assign(entry, { facts, model: facts.model });
    const given = typeof answer === 'function' ? answer(facts, entry) : answer;
    entry.fault ??= given.fault ?? null;
    const { fault } = entry;
    if (fault?.kind === 'cut_before_headers') {
      entry.end = 'broken';
      return void response.socket?.resetAndDestroy();
    }
    const error = fault?.kind === 'error' ? faultAnswer(api, fault) : null;
    if (error && error.status < 500) return refuse(error);

    const { inputTokens, maxOutputTokens, model, prefixes } = facts;
    const admission = quota.arrive(now(), { inputTokens, maxOutputTokens: maxOutputTokens ?? 0, model, prefixes });
    if (!admission.ok) {
      entry.end = 'refused';
      entry.status = admission.status;
      return reply(response, admission, requestIdOf(entry));
    }
    entry.callId = admission.callId;
    if (error) return refuse({ ...error, headers: { ...admission.headers, ...error.headers } });
    if (fault?.kind === 'stall_before_headers') await departure(gone);
    if (fault?.kind === 'slow_headers') await sleep(fault.ms, undefined, { signal: gone });
    if (fault?.kind === 'held_headers') await Promise.race([fault.until, departure(gone)]);
    entry.status = 200;
    entry.headersSentAt = now();
    const type = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
    response.writeHead(200, { ...type, ...requestIdOf(entry), ...admission.headers });
    response.flushHeaders();
    const full: Answer = { ...given, ...(fault && { fault }) };
    const frames = createFrames(api, {
      ...{ facts, number: entry.number, isAzure: provider === 'azure', isRefusal: fault?.kind === 'refusal' },
      ...{ cachedInputTokens: admission.cachedInputTokens, cacheWriteTokens: admission.cacheWriteTokens },
      reasoningTokens: given.reasoningTokens ?? 0,
    });
    const call = { entry, callId: admission.callId, quota, response, gone, now };
    await writeAnswer(call, frames, full, planAnswer(facts, full, options.countTokens));
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: { openai: `${root}/v1`, azure: `${root}/openai/v1`, anthropic: root },
    quotas,
    journal,
    fail: (...more) => void faults.push(...more),
    answerWith(next) {
      answer = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function openEntry(
  number: number,
  route: { api: Api; provider: ProviderName },
  { headers }: IncomingMessage,
  receivedAt: number,
): OpenEntry {
  return {
    ...{ number, ...route, receivedAt, body: null, facts: null, model: null, headers, callId: null, fault: null },
    ...{ status: null, headersSentAt: null, firstPieceAt: null, text: '', outputTokens: 0 },
    ...{ end: 'open', endedAt: null, closedAt: null },
  };
}

type Examined = { ok: true; facts: RequestFacts } | { ok: false; error: ErrorName; message?: string };

/** What a provider looks at before it counts: the key, the size, the form, the model, the length. */
function examine(entry: OpenEntry, body: Buffer, options: QuotaDoubleOptions): Examined {
  const key = keyOf(entry);
  if (key === null || options.apiKeys?.includes(key) === false) return { ok: false, error: 'unauthorized' };
  if (body.length > (options.maxBodyBytes ?? 33_554_432)) return { ok: false, error: 'request_too_large' };
  if (entry.api === 'messages' && entry.headers['anthropic-version'] === undefined) {
    return { ok: false, error: 'invalid_request', message: 'anthropic-version: header is required' };
  }
  try {
    entry.body = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, error: 'invalid_request', message: 'The body is not valid JSON.' };
  }
  const request = readRequest(entry.api, entry.body, options.countTokens);
  if (!request.ok) return { ok: false, error: 'invalid_request', message: request.message };
  const { model, inputTokens } = request.facts;
  if (options.models?.includes(model) === false) return { ok: false, error: 'not_found', message: `model: ${model}` };
  const most = options.contextTokens ?? 200_000;
  if (inputTokens <= most) return request;
  return { ok: false, error: 'context_length', message: `prompt is too long: ${inputTokens} tokens > ${most} maximum` };
}

function keyOf({ provider, headers }: OpenEntry): string | null {
  const bearer = /^Bearer (\S+)$/.exec(String(headers.authorization ?? ''))?.[1] ?? null;
  const own = { openai: null, azure: headers['api-key'], anthropic: headers['x-api-key'] }[provider];
  return typeof own === 'string' && own !== '' ? own : bearer;
}

function requestIdOf({ api, number }: OpenEntry): Record<string, string> {
  return api === 'messages' ? { 'request-id': `req_${number}` } : { 'x-request-id': `req_${number}` };
}

function faultAnswer(api: Api, { error, status, message, headers }: Fault & { kind: 'error' }): ErrorAnswer {
  const answer = errorAnswer(api, error, message);
  return { status: status ?? answer.status, headers: { ...answer.headers, ...headers }, body: answer.body };
}

function reply(
  response: ServerResponse,
  { status, headers, body }: { status: number; headers: Record<string, string>; body: unknown },
  more: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...more, ...headers });
  response.end(JSON.stringify(body));
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
