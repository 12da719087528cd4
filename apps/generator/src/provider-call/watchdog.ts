/** The limits of one provider call, in milliseconds. */
export interface CallLimits {
  /** From the call to its end: what is left of the section's provider time. */
  totalMs: number;
  /** From the call to the answer's headers. */
  headersMs: number;
  /** From the headers to the first content. */
  firstContentMs: number;
  /** Between two pieces of content, and from the last one to the provider's end mark. */
  gapMs: number;
}

/**
 * Watches one provider call. SDKs time out on headers at most and never on a stream that stands still, and relays keep
 * connections alive with comments: only content counts. Calls `onLate` once, with a sentence that has the numbers.
 */
export class Watchdog {
  private readonly startedAt = performance.now();
  private readonly total: NodeJS.Timeout;
  private wait: NodeJS.Timeout;
  private characters = 0;

  constructor(
    private readonly limits: CallLimits,
    private readonly onLate: (detail: string) => void,
  ) {
    const { totalMs, headersMs } = limits;
    this.total = setTimeout(() => this.late(`not finished within ${totalMs} ms`), totalMs);
    this.wait = setTimeout(() => this.late(`no answer within ${headersMs} ms`), headersMs);
  }

  /** The provider answered, and has not written anything yet. */
  sawHeaders(): void {
    const { firstContentMs } = this.limits;
    this.expect(firstContentMs, `no text within ${firstContentMs} ms of the answer`);
  }

  /** Content arrived. */
  sawContent(characters: number): void {
    this.characters += characters;
    const { gapMs } = this.limits;
    this.expect(gapMs, `nothing more for ${gapMs} ms`);
  }

  stop(): void {
    clearTimeout(this.total);
    clearTimeout(this.wait);
  }

  private expect(ms: number, otherwise: string): void {
    clearTimeout(this.wait);
    this.wait = setTimeout(() => this.late(otherwise), ms);
  }

  private late(what: string): void {
    this.stop();
    const tookMs = Math.round(performance.now() - this.startedAt);
    this.onLate(`${what}: stopped after ${tookMs} ms and ${this.characters} characters`);
  }
}
