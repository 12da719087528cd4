import type { Connections } from './connections.js';
import type { NotifierSettings } from './settings.js';

/** Nobody is told to wait longer, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;
/** Nobody is told to come back sooner, in milliseconds. */
const SHORTEST_WAIT_MS = 1_000;

/** What may be saved up, in seconds: opening many at once keeps those waiting who are connected. */
const SAVED_SECONDS = 0.5;

/**
 * How many connections may open: so many in a second (a token bucket), and so many in all. Those that are
 * too many are refused before anything is done for them, and told when to come back: within the time in which all who
 * were refused lately can be let in, each at another moment of it.
 */
export class ConnectGuard {
  private readonly most: number;
  private tokens: number;
  private atMs: number;
  /** Refused lately; it shrinks as fast as connections may open. */
  private refused = 0;

  constructor(
    private readonly settings: Pick<NotifierSettings, 'connectsPerSecond' | 'maxConnections'>,
    private readonly connections: Pick<Connections, 'size' | 'leaving'>,
    private readonly nowMs: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {
    this.most = Math.max(1, settings.connectsPerSecond * SAVED_SECONDS);
    this.tokens = this.most;
    this.atMs = nowMs();
  }

  /** Null where a connection may open now, else in how many milliseconds to come back. */
  admit(): number | null {
    const { connectsPerSecond, maxConnections } = this.settings;
    const nowMs = this.nowMs();
    const gained = ((nowMs - this.atMs) / 1_000) * connectsPerSecond;
    this.atMs = nowMs;
    this.tokens = Math.min(this.most, this.tokens + gained);
    this.refused = Math.max(0, this.refused - gained);
    if (!this.connections.leaving && this.connections.size < maxConnections && this.tokens >= 1) {
      this.tokens -= 1;
      return null;
    }
    this.refused += 1;
    const spreadMs = (this.refused / connectsPerSecond) * 1_000;
    return Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS + Math.round(this.random() * spreadMs));
  }
}
