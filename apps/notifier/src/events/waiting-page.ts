import { pause } from '../feed/follow.js';
import type { Connection } from '../connections.js';

/** A request for a page that waits for something new. When the process drains, it is answered in its turn with nothing. */
export class WaitingPage implements Connection {
  private readonly end = new AbortController();
  private readonly answered: Promise<void>;
  private answer: () => void = () => undefined;

  constructor() {
    this.answered = new Promise((resolve) => (this.answer = resolve));
  }

  /** Aborts when it need not wait any longer. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  /** Its client has gone, or was answered. */
  close(): void {
    this.end.abort();
    this.answer();
  }

  async drain(reconnectInMs: number): Promise<void> {
    await pause(reconnectInMs, this.end.signal);
    this.end.abort();
    await this.answered;
  }
}
