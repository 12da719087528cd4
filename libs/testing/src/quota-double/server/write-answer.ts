import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Quota } from '../quota.js';
import type { Answer, Fault } from './fault.js';
import type { Finish, Frames } from './frames.js';
import type { OpenEntry } from './journal.js';
import type { RequestFacts } from './read-request.js';
import { MALFORMED_TASK_LIST, TASK_LIST, textOfTokens, tokensIn } from './text.js';

/** A call that is being answered. */
export interface Answering {
  entry: OpenEntry;
  callId: string;
  quota: Quota;
  response: ServerResponse;
  /** Aborts when the other side has left. */
  gone: AbortSignal;
  now: () => number;
}

/** What is to be written, and how it ends if nothing goes wrong. */
export interface Plan {
  pieces: readonly { text: string; tokens: number }[];
  finish: Finish;
}

/**
 * Cuts the text into pieces, and ends it where the request's own limit is. `countTokens` says how many tokens the whole
 * text has, spread evenly over it; default: one for each four characters.
 */
export function planAnswer(facts: RequestFacts, answer: Answer, countTokens?: (text: string) => number): Plan {
  const { fault, reasoningTokens = 0, tokensPerPiece = 4, outputTokens = 40 } = answer;
  const ofTasks = fault?.kind === 'malformed_tasks' ? MALFORMED_TASK_LIST : TASK_LIST;
  const written = answer.text ?? (facts.schema ? ofTasks : textOfTokens(outputTokens));
  const text = fault?.kind === 'refusal' ? "I can't help with that." : written;
  const allowed = Math.max(0, (facts.maxOutputTokens ?? Number.POSITIVE_INFINITY) - reasoningTokens);
  const all = tokensIn(text);
  const perPart = countTokens ? countTokens(text) / Math.max(1, all.length) : 1;
  const parts = all.slice(0, Math.min(all.length, Math.floor(allowed / perPart)));
  const upTo = (count: number) => Math.ceil(count * perPart);
  const pieces = Array.from({ length: Math.ceil(parts.length / tokensPerPiece) }, (_, i) => {
    const piece = parts.slice(i * tokensPerPiece, (i + 1) * tokensPerPiece);
    const before = i * tokensPerPiece;
    return { text: piece.join(''), tokens: upTo(before + piece.length) - upTo(before) };
  });
  const isCut = parts.length < all.length;
  return { pieces, finish: isCut ? 'length' : fault?.kind === 'refusal' ? 'refusal' : 'stop' };
}

/** Writes an answer at its pace, up to its end or to what goes wrong. The headers have been sent. */
export async function writeAnswer(call: Answering, frames: Frames, answer: Answer, plan: Plan): Promise<void> {
  const { entry, callId, quota, response, gone, now } = call;
  const { fault, firstTokenMs = 0, pieceMs = 0, reasoningTokens = 0 } = answer;
  const faultAfter = fault && 'afterPieces' in fault ? Math.min(fault.afterPieces, plan.pieces.length) : null;
  const send = (text: string) => (text === '' ? true : response.write(text));
  const produce = (tokens: number) => {
    quota.produce(now(), callId, tokens);
    entry.outputTokens += tokens;
  };

  send(frames.accepted());
  if (firstTokenMs > 0) await sleep(firstTokenMs, undefined, { signal: gone });
  produce(reasoningTokens);
  send(frames.opening());
  for (const [i, { text, tokens }] of plan.pieces.entries()) {
    if (i === faultAfter) break;
    if (i > 0 && pieceMs > 0) await sleep(pieceMs, undefined, { signal: gone });
    gone.throwIfAborted();
    produce(tokens);
    entry.firstPieceAt ??= now();
    entry.text += text;
    send(frames.piece(text));
  }
  if (fault && faultAfter !== null && (await breakStream(call, frames, fault)) === 'over') return;
  const finish = fault?.kind === 'length' || fault?.kind === 'filtered' ? fault.kind : plan.finish;
  response.end(frames.ending(finish, entry.text, entry.outputTokens));
  entry.end = 'completed';
  quota.finish(now(), callId);
}

async function breakStream(call: Answering, frames: Frames, fault: Fault): Promise<'over' | 'goes on'> {
  const { entry, response, gone } = call;
  switch (fault.kind) {
    case 'truncate':
      response.end();
      break;
    case 'cut':
      await flushed(response);
      response.socket?.resetAndDestroy();
      break;
    case 'garbage':
      response.end(`${frames.piece('never read').trimEnd().slice(0, -9)}\n\n`);
      break;
    case 'error_event':
      response.end(frames.error(fault.error, fault.as ?? 'error'));
      break;
    case 'stall':
      await departure(gone);
      break;
    case 'keep_alive':
      for (;;) {
        response.write(frames.keepAlive());
        await sleep(fault.everyMs, undefined, { signal: gone });
      }
    default:
      return 'goes on';
  }
  entry.end = 'broken';
  return 'over';
}

/** What was written reaches the other side before its connection is reset. */
async function flushed(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => void response.write(': \n\n', () => resolve()));
  await sleep(5);
}

/** Rejects when the other side leaves. */
export async function departure(gone: AbortSignal): Promise<never> {
  gone.throwIfAborted();
  return new Promise((_, reject) => {
    gone.addEventListener('abort', () => reject(new Error('the other side has left')), { once: true });
  });
}
