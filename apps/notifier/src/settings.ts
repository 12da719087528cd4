import { CLIENT_SILENCE_MS, HEARTBEAT_MS } from '@planwright/contracts';

/** Limits of one replica. `docs/protocol.md` names those a client meets. */
export interface NotifierSettings {
  heartbeatMs: number;
  /** A socket from which nothing came for this long is closed. */
  silenceMs: number;
  /** A follower is sent nothing more while this many bytes wait in its connection. */
  highWaterBytes: number;
  /** Nor while it has not read this many bytes of events, which the kernels of both sides may hold (WebSocket only). */
  unreadBytes: number;
  /** A connection that takes nothing for this long while it is full is closed. */
  slowMs: number;
  /** Channels one socket may follow. */
  channelsPerSocket: number;
  /** Frames that are no frames, one after the other, before the socket is closed. */
  badFrames: number;
  /** Within this time all connections are closed when the process drains. */
  drainMs: number;
  /** Connections that may open in a second, half of them at once; more are told to come back later. */
  connectsPerSecond: number;
  /** Connections that may be open. */
  maxConnections: number;
  /** Time a client has to send its request, in which it asks for a socket or a stream. */
  requestMs: number;
  /** How often a watched channel is compared with the stored facts, beside being told of them. */
  refillMs: number;
  /** A socket without a bearer has so long to send its ticket. */
  ticketMs: number;
  /** How often keys and tokens of open connections are looked at: twice in the minute that is promised. */
  recheckMs: number;
}

export const DEFAULT_SETTINGS: NotifierSettings = {
  heartbeatMs: HEARTBEAT_MS,
  silenceMs: CLIENT_SILENCE_MS,
  highWaterBytes: 64 * 1024,
  unreadBytes: 256 * 1024,
  // With the time until it is full, and what the client then has to answer the close, within 10 s.
  slowMs: 7_000,
  channelsPerSocket: 128,
  badFrames: 10,
  drainMs: 8_000,
  connectsPerSecond: 500,
  maxConnections: 20_000,
  requestMs: 10_000,
  refillMs: 5_000,
  ticketMs: 5_000,
  recheckMs: 30_000,
};
