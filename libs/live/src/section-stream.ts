import type { LiveLog, SectionBody } from './live-log.js';

/** Which text is written: one attempt of one section. */
export type SectionAttempt = Omit<Extract<SectionBody, { type: 'section_started' }>, 'type'>;

export interface SectionStreamOptions {
  live: Pick<LiveLog, 'appendSection'>;
  channel: string;
  section: SectionAttempt;
  log: { warn(fields: object, message: string): void };
  /** Shortest and longest wait before an append that failed is tried again. Default 100 to 2,000 ms. */
  retryMs?: { min: number; max: number };
}

/** A chunk is never longer, in UTF-16 units: what piled up during an outage goes out in several. */
const MAX_CHUNK = 32_768;

/**
 * Puts the text of one attempt into the live log while it is being written.
 *
 * One append is on its way at any time, and what arrives meanwhile goes into the next: there is no timer, so a lone piece
 * is not delayed and pieces merge by themselves when they come faster than the log takes them. A surrogate pair is never
 * split. The order of pieces and their offsets are those of `write`.
 *
 * Writing never fails and never waits. Where the log can't be reached the stream tries again in the background and
 * catches up from the text it keeps; where the log was lost it begins again there, with `section_started` and the text
 * from offset 0. The text that counts is the caller's, not the log's.
 */
export class SectionStream {
  private readonly stop = new AbortController();
  private readonly retryMs: { min: number; max: number };
  private text = '';
  /** How much of `text` the log has. */
  private sent = 0;
  /** Log the attempt was begun in; null before that. */
  private epoch: string | null = null;
  private finished = false;
  private closed = false;
  private pumping = false;
  private failures = 0;
  private wakeRetry: (() => void) | undefined;
  private waiting: (() => void)[] = [];

  constructor(private readonly options: SectionStreamOptions) {
    this.retryMs = options.retryMs ?? { min: 100, max: 2_000 };
  }

  /** Aborts when somebody else writes this section now, or nobody may any more: stop the provider's call. */
  get fenced(): AbortSignal {
    return this.stop.signal;
  }

  /** Shows that the attempt began. `write` does so too. */
  start(): void {
    void this.pump();
  }

  write(text: string): void {
    if (this.isOver || text === '') return;
    this.text += text;
    void this.pump();
  }

  /**
   * No more text comes. Resolves with true once all of it is in the log; with false after `timeoutMs`, or when fenced or
   * closed. The stream goes on trying until `close`.
   */
  async finish(timeoutMs: number): Promise<boolean> {
    this.finished = true;
    void this.pump();
    if (!this.isWritten && !this.isOver) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.waiting.push(resolve);
        timer = setTimeout(resolve, timeoutMs);
      });
      clearTimeout(timer);
    }
    return this.isWritten && !this.isOver;
  }

  /** Ends the stream and lets the text go. To be called once the attempt is settled. */
  close(): void {
    this.closed = true;
    this.wakeRetry?.();
    this.tellWaiting();
  }

  private get isOver(): boolean {
    return this.closed || this.stop.signal.aborted;
  }

  private get isWritten(): boolean {
    return this.epoch !== null && this.sent === this.text.length;
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      for (let next = this.next(); next && !this.isOver; next = this.next()) {
        try {
          await this.append(next);
          this.failures = 0;
        } catch (error) {
          await this.pause(error);
        }
      }
    } finally {
      this.pumping = false;
    }
    if (this.isWritten) this.tellWaiting();
  }

  /** What is to be appended now; undefined when the log has it all. */
  private next(): SectionBody | undefined {
    const { section } = this.options;
    if (this.epoch === null) return { type: 'section_started', ...section };
    let end = Math.min(this.text.length, this.sent + MAX_CHUNK);
    const mayGrow = end < this.text.length || !this.finished;
    if (mayGrow && isHighSurrogate(this.text.charCodeAt(end - 1))) end -= 1;
    if (end <= this.sent) return undefined;
    return { type: 'chunk', ...section, offset: this.sent, content: this.text.slice(this.sent, end) };
  }

  private async append(body: SectionBody): Promise<void> {
    const answer = await this.options.live.appendSection(this.options.channel, body, this.epoch);
    switch (answer.status) {
      case 'ok':
        this.epoch = answer.epoch;
        if (body.type === 'chunk') this.sent = body.offset + body.content.length;
        return;
      case 'epoch':
        this.epoch = null;
        this.sent = 0;
        return;
      case 'offset':
        // An answer that got lost: the log has more, or less, than we know. Text beyond ours is not this attempt's.
        if (answer.expected > this.text.length) return this.endFenced();
        this.sent = answer.expected;
        return;
      case 'fenced':
        return this.endFenced();
    }
  }

  private endFenced(): void {
    this.stop.abort(new Error('this attempt is no longer the one that writes the section'));
    this.tellWaiting();
  }

  private async pause(error: unknown): Promise<void> {
    const { channel, section, log } = this.options;
    const fields = { err: error, channel, section: section.section_id, attempt: section.attempt };
    if (this.failures === 0) log.warn(fields, 'live text could not be appended, trying again');
    const ms = Math.min(this.retryMs.max, this.retryMs.min * 2 ** this.failures);
    this.failures += 1;
    if (this.closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeRetry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private tellWaiting(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
