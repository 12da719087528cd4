import { parseMessage } from '@planwright/contracts';
import type { AnyMessage } from '@planwright/contracts';
import { createHash } from 'node:crypto';
import type { ParkedChoice, ParkedMessage } from './broker.js';

/** What a person calls a parked message by. The body's hash stands in for an id: it does not depend on the position. */
export function handleOf(id: string | null, body: Uint8Array): string {
  return id ?? `sha256:${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
}

/** Which parked messages are meant, and which of the handles named none. */
export class Choice {
  readonly #found = new Set<string>();

  constructor(readonly ids: ParkedChoice) {}

  has({ handle }: ParkedMessage): boolean {
    if (this.ids === 'all') return true;
    if (!this.ids.includes(handle)) return false;
    this.#found.add(handle);
    return true;
  }

  get missing(): { id: string; reason: string }[] {
    if (this.ids === 'all') return [];
    return this.ids.filter((id) => !this.#found.has(id)).map((id) => ({ id, reason: 'no parked message has this id' }));
  }
}

/** A parked message that can be published again: its bytes are kept, also fields that this release does not know. */
export interface Replayable {
  parked: ParkedMessage;
  message: AnyMessage;
}

/** Divides what was chosen into what can be published again and what can't be read. */
export function sortOut(chosen: readonly ParkedMessage[]): {
  replayable: Replayable[];
  unreadable: { id: string; reason: string }[];
} {
  const replayable: Replayable[] = [];
  const unreadable: { id: string; reason: string }[] = [];
  for (const parked of chosen) {
    const parsed = parseMessage(parked.body);
    if (parsed.ok) replayable.push({ parked, message: parsed.message });
    else unreadable.push({ id: parked.handle, reason: parsed.reason });
  }
  return { replayable, unreadable };
}
