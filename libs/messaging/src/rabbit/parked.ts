import type { Channel, Message, Options } from 'amqplib';
import { setTimeout as sleep } from 'node:timers/promises';
import { PARKED_LIMIT } from '../broker.js';
import type { ParkedMessage } from '../broker.js';
import { handleOf } from '../parked-choice.js';

const REASON = 'x-pw-reason';
const QUEUE = 'x-pw-queue';
const PARKED_AT = 'x-pw-parked-at';
const MAX_REASON_LENGTH = 1_000;
/** Ten at most, as more than 32 consumers would not keep their order. */
const BATCH = PARKED_LIMIT / 10;
/** Without a further message for so long, there is none. */
const IDLE_MS = 1_000;
/** A second reader may have taken what came back, so not for ever. */
const MAX_LOOKS = 100;
const LOOK_PAUSE_MS = 20;

/**
 * Properties of a dead letter. The original headers are left behind: a foreign publisher may have put anything there,
 * up to a table that can't be encoded again.
 */
export function deadProperties({ properties }: Message, queue: string, reason: string): Options.Publish {
  const id = text(properties.messageId);
  return propertiesOf({ id, name: text(properties.type), queue, reason, parkedAt: null });
}

/** Properties of a parked message. */
export function propertiesOf(parked: Omit<ParkedMessage, 'handle' | 'body'>): Options.Publish {
  const { id, name, queue, reason, parkedAt } = parked;
  return {
    ...(id === null ? {} : { messageId: id }),
    ...(name === null ? {} : { type: name }),
    headers: {
      [REASON]: reason.slice(0, MAX_REASON_LENGTH),
      ...(queue === null ? {} : { [QUEUE]: queue }),
      [PARKED_AT]: parkedAt ?? new Date().toISOString(),
    },
  };
}

/** Dead-lettered by us, or by the broker itself after too many deliveries (then `x-death` tells it). */
export function parkedMessage({ properties, content }: Message, prefix: string): ParkedMessage {
  const headers = properties.headers ?? {};
  const own: Record<string, unknown> = headers;
  const death = headers['x-death']?.[0];
  const diedAt = death?.time.value;
  const queue = text(own[QUEUE]) ?? death?.queue ?? null;
  const id = text(properties.messageId);
  return {
    handle: handleOf(id, content),
    id,
    name: text(properties.type),
    queue: queue?.startsWith(`${prefix}.`) ? queue.slice(prefix.length + 1) : queue,
    reason: text(own[REASON]) ?? death?.reason ?? 'unknown',
    parkedAt: text(own[PARKED_AT]) ?? (diedAt === undefined ? null : new Date(diedAt * 1_000).toISOString()),
    body: content,
  };
}

/**
 * Goes through the oldest `PARKED_LIMIT` messages of the parked queue, in batches, bodies of one batch in memory at a time.
 * `take` says which of a batch are done with: these are acknowledged. The others go back when the channel closes, in the
 * order they came: a quorum queue takes back in order what one consumer held, and its consumers in the order of their
 * tags. (Measured on 3.10: messages fetched by `get`, or returned one by one, come back in any order.) It goes through
 * all of them, whatever is wanted, as what comes back stands behind what came back before.
 */
export async function walkParked(
  channel: Channel,
  queue: string,
  prefix: string,
  take: (batch: readonly ParkedMessage[]) => Promise<ReadonlySet<ParkedMessage>>,
): Promise<{ total: number; taken: number; left: number }> {
  const { messageCount: total } = await channel.checkQueue(queue);
  let left = 0;
  let done = 0;
  // What comes meanwhile (a replayed message that failed again at once) is for the next time.
  for (let open = Math.min(total, PARKED_LIMIT), n = 0; open > 0; n += 1) {
    const batch = await nextBatch(channel, queue, Math.min(open, BATCH), `walk-${String(n).padStart(4, '0')}`);
    if (batch.length === 0) break;
    open -= batch.length;
    const letters = batch.map((message) => ({ message, parked: parkedMessage(message, prefix) }));
    const taken = await take(letters.map(({ parked }) => parked));
    const last = letters.at(-1);
    // One acknowledgement where that is possible: see `ParkedQueue`.
    if (left === 0 && last && taken.size === batch.length) channel.ack(last.message, true);
    else for (const { message } of letters.filter(({ parked }) => taken.has(parked))) channel.ack(message);
    left += batch.length - taken.size;
    done += taken.size;
  }
  return { total, taken: done, left };
}

/** Fewer than `size` where another reader holds some. */
async function nextBatch(channel: Channel, queue: string, size: number, consumerTag: string): Promise<Message[]> {
  const batch: Message[] = [];
  const full = Promise.withResolvers<void>();
  await channel.prefetch(size);
  const onMessage = (message: Message | null): void => {
    if (message) batch.push(message);
    if (!message || batch.length === size) full.resolve();
  };
  await channel.consume(queue, onMessage, { consumerTag });
  for (let before = -1; batch.length < size && batch.length > before;) {
    before = batch.length;
    const late = new AbortController();
    await Promise.race([full.promise, sleep(IDLE_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
  }
  // Before anything is acknowledged, which would make room for more.
  await channel.cancel(consumerTag);
  return batch;
}

/**
 * A quorum queue takes messages back in its own time, all of one channel together; without this, whoever looks next may
 * see none of them. Answers how many messages there are then.
 */
export async function untilBack(channel: Channel, queue: string, count: number): Promise<number> {
  for (let looks = 0; ; looks += 1) {
    const { messageCount } = await channel.checkQueue(queue);
    if (messageCount >= count || looks === MAX_LOOKS) return messageCount;
    await sleep(LOOK_PAUSE_MS);
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
