import { CLIENT_SILENCE_MS, HEARTBEAT_MS } from '@planwright/contracts';

/** Limits of one replica. `docs/protocol.md` names those a client meets. */
export interface NotifierSettings {
  heartbeatMs: number;
  /** A socket from which nothing came for this long is closed. */
  silenceMs: number;
  /** A follower is sent nothing more while this many bytes wait in its connection. */
  highWaterBytes: number;
  /** A connection that can't be written to for this long is closed. */
  slowMs: number;
  /** Channels one socket may follow. */
  channelsPerSocket: number;
  /** Frames that are no frames, one after the other, before the socket is closed. */
  badFrames: number;
  /** Within this time all connections are closed when the process drains. */
  drainMs: number;
  /** How often a watched channel is compared with the stored facts, beside being told of them. */
  refillMs: number;
}

export const DEFAULT_SETTINGS: NotifierSettings = {
  heartbeatMs: HEARTBEAT_MS,
  silenceMs: CLIENT_SILENCE_MS,
  highWaterBytes: 64 * 1024,
  slowMs: 10_000,
  channelsPerSocket: 128,
  badFrames: 10,
  drainMs: 8_000,
  refillMs: 5_000,
};
