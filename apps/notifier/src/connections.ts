import type { BeforeApplicationShutdown } from '@nestjs/common';

/** A client of this replica, on either transport. */
export interface Connection {
  /** Tells the client to come back in this time, and ends the connection then. Resolves when it is gone. */
  drain(reconnectInMs: number): Promise<void>;
}

/** So many milliseconds per connection: a few are sent away at once, many are spread. */
const SPREAD_MS_EACH = 10;

/**
 * Everybody who is connected. On shutdown they are sent away, spread over time so that the other replicas don't meet
 * them all at one instant.
 */
export class Connections implements BeforeApplicationShutdown {
  private readonly open = new Set<Connection>();
  private draining = false;

  constructor(
    private readonly options: { drainMs: number },
    private readonly random: () => number = Math.random,
  ) {}

  /** The answer takes it out again. Who comes while the process drains is sent away at once. */
  add(connection: Connection): () => void {
    this.open.add(connection);
    if (this.draining) void connection.drain(0);
    return () => this.open.delete(connection);
  }

  get size(): number {
    return this.open.size;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true;
    const spreadMs = Math.min(this.options.drainMs, this.open.size * SPREAD_MS_EACH);
    await Promise.all([...this.open].map((connection) => connection.drain(Math.round(this.random() * spreadMs))));
  }
}
