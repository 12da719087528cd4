import type { BeforeApplicationShutdown } from '@nestjs/common';

/** A client of this replica, on any transport. */
export interface Connection {
  /** Tells the client to come back in this time, and ends the connection then. Resolves when it is gone. */
  drain(reconnectInMs: number): Promise<void>;
}

/** So many milliseconds per connection: a few are sent away at once, many are spread. */
const SPREAD_MS_EACH = 10;

/**
 * Everybody who is connected. On shutdown they are sent away one after the other, so that the other replicas don't meet
 * them all at one instant; until its turn comes each is served as ever.
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

  /** The process is shutting down. */
  get leaving(): boolean {
    return this.draining;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.draining = true;
    const { size } = this.open;
    const eachMs = Math.min(SPREAD_MS_EACH, this.options.drainMs / size);
    // Each at a moment of its own share of the time, so that no second gets more than another.
    const turns = [...this.open].map((connection, i) => connection.drain(Math.round((i + this.random()) * eachMs)));
    await Promise.all(turns);
  }
}
