import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';

/** The longest a timer of Node waits, 24.8 days: the SDKs always set one for the headers. */
export const NEVER_MS = 2 ** 31 - 1;

/** What of an answer that refuses is read; the rest is no error's text. */
const MAX_BODY_BYTES = 64 * 1024;

/** Headers a call needs. Everything else, an SDK's telemetry and what it takes from the environment, stays here. */
const SENT = [
  ...['authorization', 'content-type', 'accept', 'user-agent'],
  ...['x-api-key', 'anthropic-version', 'anthropic-beta'],
];

/** No body may come with these. */
const EMPTY = [204, 205, 304];

/** An answer that is not the stream of events that was asked for. */
export class NotAStream extends Error {
  override readonly name = 'NotAStream';

  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly body: string,
  ) {
    super(`answered ${status} instead of a stream`);
  }
}

/**
 * A call without an answer. What happened is in `errors`: an SDK that reads "timed out" in a `cause` throws an error of
 * its own instead, without the code.
 */
export class NoAnswer extends AggregateError {
  override readonly name = 'NoAnswer';

  constructor(what: unknown) {
    super([what], 'the call got no answer');
  }
}

/**
 * The SDKs' way to the network, without time limits of its own: those of the `fetch` that comes with Node (300 s for the
 * headers, 300 s between two pieces of the body) cannot be lifted without the `undici` package, and a model on a slow
 * machine reads longer than that before its first word. Node's HTTP client has none; its global agent keeps idle
 * connections for 5 s and follows `NODE_USE_ENV_PROXY`.
 *
 * Throws `NotAStream` for every other answer, body included: OpenAI's SDK keeps only what lies under `error` in an
 * object. Redirects are such answers; a key is not sent where nobody configured it.
 */
export async function patientFetch(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const response = await send(new URL(url instanceof Request ? url.url : url), init);
  const type = response.headers.get('content-type') ?? '';
  const isOther = /\b(html|json)\b/i.test(type);
  if (response.ok && !isOther && !EMPTY.includes(response.status)) return response;
  const text = await beginning(response);
  // Some relays call their events JSON.
  if (response.ok && /^\s*(data|event|id|retry)?:/.test(text)) return new Response(text, response);
  throw new NotAStream(response.status, response.headers, text);
}

function send(url: URL, init: RequestInit): Promise<Response> {
  const given = new Headers(init.headers);
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  for (const name of SENT) {
    const value = given.get(name);
    if (value !== null) headers[name] = value;
  }
  const { method = 'GET', signal, body } = init;
  const client = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (what: unknown) => reject(new NoAnswer(what));
    const request = client.request(url, { method, headers, ...(signal && { signal }) }, (answer) => {
      try {
        resolve(toResponse(answer));
      } catch (error) {
        answer.destroy();
        fail(error);
      }
    });
    request.on('error', fail);
    request.end(body);
  });
}

function toResponse(answer: http.IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(answer.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = answer.statusCode ?? 502;
  if (EMPTY.includes(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers });
}

/** As much of the body as an error's text may take. A body that breaks off is as long as it is. */
async function beginning(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  try {
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += piece.byteLength;
      text += decoder.decode(piece, { stream: true });
      // Leaving the loop closes the connection.
      if (bytes >= MAX_BODY_BYTES) break;
    }
  } catch {
    // What came is enough to go by; if it was us who hung up, the caller knows.
  }
  return text;
}
