import { BootError, withoutCredentials } from '@planwright/runtime';
import type { Logger } from '@planwright/runtime';
import { AmqpConnectionManagerClass } from 'amqp-connection-manager';
import type { ChannelModel } from 'amqplib';
import { EventEmitter, once } from 'node:events';
import { within } from './timing.js';

const HEARTBEAT_S = 5;
const SOCKET_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * One connection to RabbitMQ that comes back by itself; amqp-connection-manager does the connecting.
 *
 * Its channel wrappers are deliberately not used: they acknowledge on whatever channel is current (which settles the
 * copy that was delivered again since), keep unsent messages in a list without end, and don't rebuild a channel that
 * the server closed. `KeptChannel` stands in their place.
 */
export class RabbitConnection {
  readonly #manager: AmqpConnectionManagerClass;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #closing = new AbortController();
  #blocked: string | null = null;
  #lastFailure = 'no answer';

  constructor(readonly options: { url: string; purpose: string; name: string; log: Logger }) {
    const { url, purpose, name, log } = options;
    this.#manager = new AmqpConnectionManagerClass([url], {
      heartbeatIntervalInSeconds: HEARTBEAT_S,
      // Fixed within a process, different between them: the fleet does not come back in one instant.
      reconnectTimeInSeconds: 0.3 + Math.random() * 0.7,
      connectionOptions: {
        // Without it a lone small message waits for Nagle's algorithm (43 ms measured).
        noDelay: true,
        timeout: SOCKET_TIMEOUT_MS,
        clientProperties: { connection_name: `${name} ${purpose}`, product: 'planwright' },
      },
    });
    this.#manager.on('connect', () => {
      this.#blocked = null;
      this.#changes.emit('change');
      log.debug({ purpose }, 'connected to RabbitMQ');
    });
    this.#manager.on('disconnect', ({ err }: { err?: Error }) => {
      this.#lastFailure = err?.message ?? 'closed by the server';
      if (!this.#closing.signal.aborted) log.warn({ purpose, err }, 'lost the connection to RabbitMQ');
    });
    this.#manager.on('connectFailed', ({ err }: { err: Error }) => {
      this.#lastFailure = sentenceOf(err);
      log.warn({ purpose, reason: this.#lastFailure }, 'could not connect to RabbitMQ');
    });
    this.#manager.on('blocked', ({ reason }: { reason: string }) => {
      this.#blocked = reason;
      log.warn({ purpose, reason }, 'RabbitMQ takes no more messages for now');
    });
    this.#manager.on('unblocked', () => {
      this.#blocked = null;
      this.#changes.emit('change');
    });
  }

  /** The first connection. Throws a `BootError` when there is none within `timeoutMs` or the server refuses the user. */
  async open(timeoutMs: number): Promise<void> {
    try {
      await this.#manager.connect({ timeout: timeoutMs });
    } catch {
      throw new BootError(
        `RabbitMQ at ${withoutCredentials(this.options.url)} cannot be used (${this.#lastFailure}): ` +
          'start it or set RABBITMQ_URL.',
      );
    }
  }

  /** Why nothing can be sent now, or null. */
  get trouble(): string | null {
    if (!this.#manager.isConnected()) return `not connected to RabbitMQ: ${this.#lastFailure}`;
    return this.#blocked === null ? null : `RabbitMQ blocks publishers: ${this.#blocked}`;
  }

  /** Waits while there is no connection; rejects when this is closed. */
  async model(): Promise<ChannelModel> {
    for (;;) {
      this.#closing.signal.throwIfAborted();
      const { connection } = this.#manager;
      if (connection) return connection;
      await once(this.#changes, 'change', { signal: this.#closing.signal });
    }
  }

  /** Waits until the server takes messages again. */
  async unblocked(): Promise<void> {
    while (this.#blocked !== null) await once(this.#changes, 'change', { signal: this.#closing.signal });
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the broker is closed'));
    await within(CLOSE_TIMEOUT_MS, 'closing the connection', this.#manager.close()).catch((err: unknown) => {
      this.options.log.debug({ err }, 'the connection did not close in order');
    });
  }
}

function sentenceOf(error: Error): string {
  const causes = error instanceof AggregateError ? error.errors.map((cause) => (cause as Error).message) : [];
  return error.message || causes.join('; ') || error.name;
}
