import type { Channel, GetMessage, Message, Options } from 'amqplib';
import type { ParkedList, ParkedMessage } from '../broker.js';

const REASON = 'x-pw-reason';
const QUEUE = 'x-pw-queue';
const PARKED_AT = 'x-pw-parked-at';
const MAX_REASON_LENGTH = 1_000;

/**
 * Properties of a parked message. The original headers are left behind: a foreign publisher may have put anything there,
 * up to a table that can't be encoded again.
 */
export function parkedProperties({ properties }: Message, queue: string, reason: string): Options.Publish {
  const { messageId, type } = properties as { messageId?: unknown; type?: unknown };
  return {
    ...(typeof messageId === 'string' ? { messageId } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    headers: { [REASON]: reason.slice(0, MAX_REASON_LENGTH), [QUEUE]: queue, [PARKED_AT]: new Date().toISOString() },
  };
}

/**
 * Takes up to `limit` messages without acknowledging them; closing the channel puts them back. While it lasts (some
 * milliseconds) another reader does not see them. The queue gives returned messages in any order, hence the sort.
 */
export async function readParked(channel: Channel, queue: string, limit: number): Promise<ParkedList> {
  const { messageCount: total } = await channel.checkQueue(queue);
  const messages: ParkedMessage[] = [];
  while (messages.length < limit) {
    const message = await channel.get(queue, { noAck: false });
    if (!message) break;
    messages.push(parkedMessage(message));
  }
  messages.sort((a, b) => (a.parkedAt ?? '').localeCompare(b.parkedAt ?? ''));
  return { total, messages };
}

/** Parked by us, or by the broker itself after too many deliveries (then `x-death` tells it). */
function parkedMessage({ properties, content }: GetMessage): ParkedMessage {
  const headers = properties.headers ?? {};
  const own: Record<string, unknown> = headers;
  const death = headers['x-death']?.[0];
  const diedAt = death?.time.value;
  return {
    id: text(properties.messageId),
    name: text(properties.type),
    queue: text(own[QUEUE]) ?? death?.queue ?? null,
    reason: text(own[REASON]) ?? death?.reason ?? 'unknown',
    parkedAt: text(own[PARKED_AT]) ?? (diedAt === undefined ? null : new Date(diedAt * 1_000).toISOString()),
    body: content,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
