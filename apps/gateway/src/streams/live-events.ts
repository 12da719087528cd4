import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_END_TYPES } from '@planwright/contracts';

/** A message of an event stream. `id` is empty for what is no event of the log: heartbeats, resets, drains. */
export interface StreamMessage {
  id: string;
  event: string;
  data: string;
}

/** Whose events, on whose behalf, and until when. */
export interface Followed {
  runId: string;
  authorization: string | undefined;
  signal: AbortSignal;
}

/** Pauses after a stream that could not be had, in milliseconds; then it is given up. */
const PAUSES_MS = [100, 250, 500, 1_000, 2_000, 2_000, 2_000, 2_000];

/** The longest wait that a notifier is heard with. */
const MAX_DRAIN_MS = 30_000;

/**
 * The events of a run from the notifier, from the first to the end of the run: a notifier that goes away is asked again,
 * from the last position, and so is the one that takes its place. Ends early where the signal aborts, or where none
 * answers for ten seconds; what has come until then is a position like any other.
 */
export async function* liveEvents(
  notifierUrl: string,
  { runId, authorization, signal }: Followed,
): AsyncGenerator<StreamMessage> {
  let lastId = '';
  for (let failures = 0; failures < PAUSES_MS.length && !signal.aborted;) {
    try {
      for await (const message of oneStream(`${notifierUrl}/v1/runs/${runId}/events`, authorization, lastId, signal)) {
        if (message.event === 'drain') {
          await pause(reconnectIn(message), signal);
          break;
        }
        if (message.id !== '') {
          failures = 0;
          lastId = message.id;
        }
        yield message;
        if (RUN_END_TYPES.some((type) => type === message.event)) return;
      }
    } catch (error) {
      if (signal.aborted || error instanceof NothingToFollow) return;
    }
    await pause(PAUSES_MS[failures++] ?? 0, signal);
  }
}

const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined);

/** When a notifier that sheds its streams wants to be asked again. That is between it and us: who follows here stays. */
function reconnectIn({ data }: StreamMessage): number {
  const { reconnect_in_ms: ms } = JSON.parse(data) as { reconnect_in_ms?: unknown };
  return typeof ms === 'number' && ms >= 0 ? Math.min(ms, MAX_DRAIN_MS) : 0;
}

/** The run is gone, or its end has been read: asking again would answer the same. */
class NothingToFollow extends Error {}

async function* oneStream(
  url: string,
  authorization: string | undefined,
  lastId: string,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  const response = await fetch(url, {
    signal,
    headers: {
      accept: 'text/event-stream',
      ...(authorization !== undefined && { authorization }),
      ...(lastId !== '' && { 'last-event-id': lastId }),
    },
  });
  if (response.status === 200 && response.body) {
    yield* messagesOf(response.body);
    return;
  }
  await response.body?.cancel();
  if (response.status < 500 && response.status !== 429) throw new NothingToFollow();
}

/** Our own notifier's messages: an empty line ends each one, and every field has one line. */
export async function* messagesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let buffer = '';
  for await (const some of bytes) {
    buffer += decoder.decode(some, { stream: true });
    const blocks = buffer.split('\n\n');
    buffer = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const data = fields.get('data');
      if (data !== undefined) yield { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data };
    }
  }
}

/** As it goes out. */
export function encodeMessage({ id, event, data }: StreamMessage): string {
  return `${id === '' ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}
