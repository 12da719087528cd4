import { createHash } from 'node:crypto';
import { liveEnvelope, RUN_END_TYPES, runEventBody } from '@planwright/contracts';
import type { RunLiveEvent, RunResource } from '@planwright/contracts';
import { waitFor } from '@planwright/testing';

export interface Heard {
  /** When it arrived, in milliseconds of this machine's clock. */
  at: number;
  event: RunLiveEvent;
}

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const keyOf = (documentId: string, sectionId: string): string => `${documentId}/${sectionId}`;
const isEnd = ({ type }: RunLiveEvent): boolean => RUN_END_TYPES.some((end) => end === type);

/**
 * What one follower heard of a run, over however many connections. Written from the page on the protocol and not with
 * the client's reducer, so that both are tested. Whatever breaks the protocol is kept in `faults`.
 */
export class Transcript {
  readonly heard: Heard[] = [];
  readonly faults: string[] = [];
  resets = 0;
  private readonly texts = new Map<string, { attempt: number; text: string }>();

  private base: { epoch: string; seq: number } | undefined;

  /** Begins where a read of the run left off: with the text so far and the place in the log. */
  static after({ stream, writing }: RunResource): Transcript {
    const transcript = new Transcript();
    transcript.base = stream;
    for (const { document_id, section_id, attempt, content } of writing) {
      transcript.texts.set(keyOf(document_id, section_id), { attempt, text: content });
    }
    return transcript;
  }

  get events(): RunLiveEvent[] {
    return this.heard.map(({ event }) => event);
  }

  /** Where to go on after a cut; undefined before the first event. */
  get position(): { epoch: string; seq: number } | undefined {
    const last = this.heard.at(-1)?.event;
    return last ? { epoch: last.epoch, seq: last.seq } : this.base;
  }

  get end(): RunLiveEvent | undefined {
    return this.events.find(isEnd);
  }

  reset(): void {
    this.resets += 1;
    this.heard.length = 0;
    this.base = undefined;
    this.texts.clear();
  }

  add(event: RunLiveEvent, at = Date.now()): void {
    const before = this.position;
    const from = ('from_seq' in event ? event.from_seq : undefined) ?? event.seq;
    this.check(liveEnvelope.safeParse(event).success, `envelope of ${JSON.stringify(event)}`);
    this.check(runEventBody.safeParse(event).success, `body of ${JSON.stringify(event)}`);
    if (before) {
      this.check(before.epoch === event.epoch, `epoch ${event.epoch} after ${before.epoch} without a reset`);
      this.check(from <= before.seq + 1, `gap: ${from} after ${before.seq}`);
      this.check(event.seq > before.seq, `again: ${event.seq} after ${before.seq}`);
    } else {
      this.check(from === 1, `begins at ${from}`);
    }
    this.check(!this.end, `${event.type} after the end of the run`);
    this.heard.push({ at, event });
    this.write(event);
  }

  /** The text of a section as it was written, chunk by chunk. */
  text(documentId: string, sectionId: string): string | undefined {
    return this.texts.get(keyOf(documentId, sectionId))?.text;
  }

  async untilEnd(timeoutMs: number): Promise<void> {
    await waitFor(() => this.end, { what: `the end of the run after ${this.describe()}`, timeoutMs });
  }

  async until(what: string, test: (event: RunLiveEvent) => boolean, timeoutMs = 20_000): Promise<RunLiveEvent> {
    return await waitFor(() => this.events.find(test), { what, timeoutMs });
  }

  private write(event: RunLiveEvent): void {
    if (event.type === 'section_complete') return this.complete(event);
    if (event.type !== 'section_started' && event.type !== 'chunk') return;
    const key = keyOf(event.document_id, event.section_id);
    const known = this.texts.get(key);
    if (event.type === 'section_started') {
      // Told again after the log was lost, it begins the same text anew.
      this.check(!known || event.attempt >= known.attempt, `attempt ${event.attempt} of ${key} begins too late`);
      this.texts.set(key, { attempt: event.attempt, text: '' });
      return;
    }
    if (!known || known.attempt !== event.attempt) return this.check(false, `chunk of ${key} before its start`);
    this.check(event.offset <= known.text.length, `chunk of ${key} at ${event.offset}, known ${known.text.length}`);
    const [overlap, rest] = [known.text.length - event.offset, event.content];
    this.check(
      known.text.startsWith(rest.slice(0, overlap), event.offset),
      `chunk of ${key} differs from what was sent before`,
    );
    known.text += rest.slice(overlap);
  }

  /** Where chunks were left out for it, it stands for the rest of the text: it or a chunk right before it says so. */
  private complete(event: Extract<RunLiveEvent, { type: 'section_complete' }>): void {
    const { attempt, content: text } = event;
    const before = this.events.slice(0, -1);
    const together = before.slice(before.findLastIndex(({ type }) => type !== 'chunk') + 1);
    if (![...together, event].some((told) => 'from_seq' in told && told.from_seq !== undefined)) return;
    const key = keyOf(event.document_id, event.section_id);
    const known = this.texts.get(key);
    this.check(
      known?.attempt !== attempt || text.startsWith(known.text),
      `${key} ends with another text than it began`,
    );
    this.texts.set(key, { attempt, text });
  }

  private check(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault);
  }

  private describe(): string {
    return `${this.heard.length} events (${JSON.stringify(this.heard.at(-1)?.event)?.slice(0, 300)})`;
  }
}
