import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { AddressPolicy } from './addresses.js';
import type { Resolve } from './resolve.js';

export interface Request {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface PostOptions {
  policy: AddressPolicy;
  resolve: Resolve;
  /** For everything, from the name to the status of the answer, in milliseconds. */
  timeoutMs: number;
  /** Ends the request before its time: its answer is `stopped`. */
  signal: AbortSignal;
}

/** What came back: the status and `Retry-After`; or nothing, with a sentence that says why and names no address. */
export type Answer =
  | { type: 'answered'; status: number; retryAfter: string | undefined }
  | { type: 'unanswered'; error: string }
  | { type: 'stopped' };

/** What is read of an answer beyond its head, at most, so that the receiver can finish it: bytes, and milliseconds. */
const BODY_BYTES = 64 * 1024;
const BODY_MS = 1_000;

const unanswered = (error: string): Answer => ({ type: 'unanswered', error });
// One sentence for both: what a private name resolves to, and whether it does, is nobody's business.
const UNREACHABLE = unanswered('The host has no address, or one that is not public.');

/**
 * Posts to an address somebody else has chosen. The name is resolved once, every address it has is checked, and the
 * connection goes to those that were checked: a name that resolves to something else a moment later leads nowhere else.
 * Redirects are answers, not followed. No proxy of the environment is used, and no connection is kept.
 */
export async function post(request: Request, options: PostOptions): Promise<Answer> {
  const { policy, resolve, timeoutMs, signal } = options;
  const url = new URL(request.url);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.plainHttp))
    return unanswered('The address does not begin with https://.');
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const addresses = await Promise.race([resolve(host), aborted(deadline)]).catch(() => {
      deadline.throwIfAborted();
      return [];
    });
    if (addresses.length === 0 || !addresses.every((address) => policy.allows(address))) return UNREACHABLE;
    return await exchange(url, host, addresses, request, deadline);
  } catch (error) {
    if (signal.aborted) return { type: 'stopped' };
    if (deadline.aborted) return unanswered(`There was no answer within ${timeoutMs / 1_000} s.`);
    return unanswered(`The connection failed (${codeOf(error)}).`);
  }
}

function exchange(
  url: URL,
  host: string,
  addresses: readonly string[],
  { headers, body }: Request,
  signal: AbortSignal,
): Promise<Answer> {
  const { Agent, request } = url.protocol === 'https:' ? https : http;
  return new Promise((answer, reject) => {
    const sent = request({
      method: 'POST',
      protocol: url.protocol,
      hostname: host,
      port: url.port,
      path: url.pathname + url.search,
      headers: { ...headers, host: url.host, 'content-length': String(Buffer.byteLength(body)) },
      agent: new Agent({ keepAlive: false }),
      lookup: pinned(addresses),
      // An address is no name that a server could choose its certificate by.
      ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
      signal,
    });
    sent.on('response', (response) => {
      answer({ type: 'answered', status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
      readOut(response);
    });
    sent.on('error', reject);
    sent.on('close', () => reject(new Error('closed without an answer')));
    sent.end(body);
  });
}

/** Whatever name is looked up, these are its addresses. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all: wantsAll }, done) => {
    if (wantsAll) done(null, all);
    else done(null, all[0]?.address ?? '', all[0]?.family);
  };
}

function readOut(response: http.IncomingMessage): void {
  let read = 0;
  const timer = setTimeout(() => response.destroy(), BODY_MS).unref();
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > BODY_BYTES) response.destroy();
  });
  response.on('error', () => undefined);
  response.on('close', () => clearTimeout(timer));
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new Error('aborted'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** Node's code; its message would name the address. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer';
}
