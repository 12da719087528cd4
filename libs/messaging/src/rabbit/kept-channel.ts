import type { Logger } from '@planwright/runtime';
import type { Channel } from 'amqplib';
import { EventEmitter, once } from 'node:events';
import { jitter, pause, within } from './timing.js';

const SETUP_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

export interface KeptChannelOptions<C extends Channel> {
  /** For logs. */
  name: string;
  /** Opens a channel, waiting while there is no connection. */
  open: () => Promise<C>;
  /**
   * Makes a new channel ready: declares, consumes. When it fails or hangs, the channel is given up and made anew. `gone`
   * is aborted when the channel has closed.
   */
  setup: (channel: C, gone: AbortSignal) => Promise<void>;
  log: Logger;
}

/**
 * A channel that is made anew whenever it is lost, by whatever cause: the connection broke, the server closed the
 * channel (404, 406), setting it up failed or hung. One loop: open, set up, serve until closed, pause with jitter.
 */
export class KeptChannel<C extends Channel> {
  readonly #closing = new AbortController();
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #loop: Promise<void>;
  #current: C | null = null;
  #trouble = 'not connected yet';

  constructor(readonly options: KeptChannelOptions<C>) {
    this.#loop = this.#keep();
  }

  /** The channel, when it is set up. */
  get current(): C | null {
    return this.#current;
  }

  /** Why there is none: the last failure. */
  get trouble(): string {
    return this.#trouble;
  }

  /** Waits for a channel that is set up; rejects with the last failure after `timeoutMs`. */
  async ready(timeoutMs: number): Promise<C> {
    if (this.#current) return this.#current;
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
    while (!this.#current) {
      await once(this.#changes, 'change', { signal }).catch(() => {
        if (this.#closing.signal.aborted) throw new Error('the broker is closed');
        throw new Error(`no channel to RabbitMQ for ${timeoutMs} ms (${this.#trouble})`);
      });
    }
    return this.#current;
  }

  /** Gives the current channel up, so that another one is made. */
  async renew(reason: string): Promise<void> {
    this.#trouble = reason;
    const channel = this.#current;
    if (channel) await closeQuietly(channel);
  }

  async close(): Promise<void> {
    const channel = this.#current;
    this.#closing.abort();
    if (channel) await closeQuietly(channel);
    await this.#loop;
  }

  async #keep(): Promise<void> {
    const { name, log } = this.options;
    for (let failures = 0; !this.#closing.signal.aborted; failures += 1) {
      try {
        await this.#serve(() => (failures = 0));
      } catch (err) {
        if (this.#closing.signal.aborted) return;
        this.#trouble = err instanceof Error ? err.message : String(err);
        log.warn({ channel: name, reason: this.#trouble }, 'a channel to RabbitMQ could not be set up');
      }
      await pause(jitter(failures), this.#closing.signal);
    }
  }

  /** The life of one channel. */
  async #serve(onReady: () => void): Promise<void> {
    const { name, open, setup, log } = this.options;
    const channel = await this.#unlessClosing(open());
    const gone = new AbortController();
    const closed = new Promise<void>((resolve) => {
      channel.on('close', () => {
        this.#current = null;
        gone.abort();
        resolve();
      });
    });
    channel.on('error', (err) => {
      this.#trouble = err.message;
      log.warn({ channel: name, reason: err.message }, 'RabbitMQ closed a channel');
    });
    try {
      const lost = closed.then(() => Promise.reject(new Error(`channel closed: ${this.#trouble}`)));
      lost.catch(() => undefined);
      const ready = this.#unlessClosing(Promise.race([setup(channel, gone.signal), lost]));
      await within(SETUP_TIMEOUT_MS, `setting up channel ${name}`, ready);
    } catch (error) {
      await closeQuietly(channel);
      throw error;
    }
    this.#current = channel;
    this.#changes.emit('change');
    onReady();
    await closed;
  }

  /** Rejects when `close` is called first; a channel that opens after that is closed. */
  async #unlessClosing<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#closing;
    const settled = new AbortController();
    const closing = once(signal, 'abort', { signal: settled.signal }).then(() => Promise.reject(new Error('closing')));
    closing.catch(() => undefined);
    try {
      signal.throwIfAborted();
      return await Promise.race([work, closing]);
    } catch (error) {
      if (signal.aborted) work.then(closeIfChannel, () => undefined);
      throw error;
    } finally {
      settled.abort();
    }
  }
}

async function closeIfChannel(value: unknown): Promise<void> {
  if (value) await closeQuietly(value as Channel);
}

async function closeQuietly(channel: Channel): Promise<void> {
  // A channel that is closed already throws, one on a dead connection never answers.
  await within(
    CLOSE_TIMEOUT_MS,
    'closing a channel',
    Promise.resolve().then(() => channel.close()),
  ).catch(() => undefined);
}
