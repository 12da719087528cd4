import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Failure } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import type { AnswerLine, CallRequest } from './wire.js';

/** One call as the provider has it in its books. Instants are in milliseconds since 1970. */
export interface LedgerCall {
  /** 1, 2, … over all calls. */
  readonly number: number;
  readonly caller: string;
  readonly document: string;
  readonly sectionId: string;
  /** The exact user part of the prompt. */
  readonly prompt: string;
  readonly repair: string | null;
  readonly startedAt: number;
  endedAt: number | null;
  /** What was sent so far. */
  text: string;
  /**
   * `finished`: the end mark was sent, the call is paid for. `cut`: the caller closed the connection before.
   * `failed`: the provider itself failed, on purpose.
   */
  state: 'open' | 'finished' | 'cut' | 'failed';
  /** Why it failed. */
  failure: string | null;
}

/** What the provider does with one call. */
export interface LedgerAnswer {
  chunks: readonly string[];
  /** Wait before the first chunk, and between two, in milliseconds. */
  firstDelayMs: number;
  delayMs: number;
  /**
   * `stop`: finished. `cut`: the connection breaks after the chunks. `garbage`: then comes a line nobody can read.
   * A failure is refused with before any chunk.
   */
  end: 'stop' | 'cut' | 'garbage' | Failure;
}

export interface ProviderLedger {
  /** For `RemoteProvider`. */
  readonly url: string;
  readonly calls: readonly LedgerCall[];
  close(): Promise<void>;
}

/**
 * A stand-in for a model provider that keeps books: every call, what it was sent and how it ended. It outlives the
 * generators that call it. `answer` is asked once a call and must not throw.
 */
export async function startProviderLedger(
  answer: (request: CallRequest, call: LedgerCall) => LedgerAnswer,
): Promise<ProviderLedger> {
  const calls: LedgerCall[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = JSON.parse(await read(incoming)) as CallRequest;
    const call = entry(calls.length + 1, request);
    calls.push(call);
    const closed = new AbortController();
    response.once('close', () => {
      if (call.state === 'open') settle(call, 'cut');
      closed.abort();
    });
    await send(call, answer(request, call), response, closed.signal);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function send(
  call: LedgerCall,
  answer: LedgerAnswer,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const { chunks, firstDelayMs, delayMs, end } = answer;
  // One connection a call: an idle one that is closed while it is taken again would fail a call nobody has in the books.
  response.setHeader('connection', 'close');
  await sleep(firstDelayMs, undefined, { signal: gone });
  if (typeof end === 'object') {
    settle(call, 'failed', end.code);
    response.writeHead(503, { 'content-type': 'application/json' });
    response.end(JSON.stringify(end));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const [i, text] of chunks.entries()) {
    if (i > 0) await sleep(delayMs, undefined, { signal: gone });
    call.text += text;
    response.write(line({ type: 'content', text }));
  }
  if (end !== 'stop') {
    settle(call, 'failed', end);
    if (end === 'cut') response.destroy();
    else response.end('{"type":"conte\n');
    return;
  }
  const usage = plainUsage(100, Math.ceil(call.text.length / 4), false);
  response.end(line({ type: 'finished', finish: 'stop', usage, model: 'ledger' }), () => {
    if (call.state === 'open') settle(call, 'finished');
  });
}

function entry(number: number, { caller, document, sectionId, user, repair }: CallRequest): LedgerCall {
  return {
    ...{ number, caller, document, sectionId, prompt: user, repair },
    startedAt: Date.now(),
    endedAt: null,
    text: '',
    state: 'open',
    failure: null,
  };
}

function settle(call: LedgerCall, state: LedgerCall['state'], failure: string | null = null): void {
  call.state = state;
  call.failure = failure;
  call.endedAt = Date.now();
}

const line = (value: AnswerLine): string => `${JSON.stringify(value)}\n`;

async function read(incoming: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}
