import { z } from 'zod';
import type { LiveEvent } from './events.js';
import { channelName } from './events.js';

/** Frames a client may send over `/v1/live` (subprotocol `planwright.v1`). */
export const clientFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('authenticate'), ticket: z.string().min(1).max(4096) }),
  z
    .strictObject({
      type: z.literal('subscribe'),
      channel: channelName,
      epoch: z.string().min(1).max(64).optional(),
      /** Last number the client has; without it everything from seq 1. */
      after: z.int().nonnegative().optional(),
    })
    .refine((frame) => frame.after === undefined || frame.epoch !== undefined, {
      path: ['epoch'],
      error: '`after` needs the `epoch` it belongs to',
    }),
  z.strictObject({ type: z.literal('unsubscribe'), channel: channelName }),
  z.strictObject({ type: z.literal('ping') }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** Frames the server sends. */
export type ServerFrame =
  | { type: 'welcome'; protocol: 'planwright.v1'; heartbeat_seconds: number; idle_timeout_seconds: number }
  | { type: 'subscribed'; channel: string; epoch: string; seq: number; recovered: boolean }
  | { type: 'events'; channel: string; events: LiveEvent[] }
  /** What the client has is of no use: read the snapshot again, or clear and take what follows from seq 1. */
  | { type: 'reset'; channel: string; epoch: string; seq: number }
  | { type: 'heartbeat'; ts: string }
  | { type: 'pong' }
  | { type: 'drain'; reconnect_in_ms: number }
  | { type: 'error'; code: string; message: string; channel?: string };

export const LIVE_SUBPROTOCOL = 'planwright.v1';
/** A heartbeat every 25 s; a client silent for 60 s is closed. */
export const HEARTBEAT_MS = 25_000;
export const CLIENT_SILENCE_MS = 60_000;

/** Close codes: 40xx stop, 41xx back off, 42xx reconnect now. */
export const CLOSE_CODES = {
  badFrame: 4000,
  unauthenticated: 4001,
  forbidden: 4003,
  overloaded: 4101,
  slow: 4108,
  drain: 4200,
  silent: 4201,
} as const;
