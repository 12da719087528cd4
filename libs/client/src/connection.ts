import { UnreachableError } from './problem-error.js';
import type { Requester } from './request.js';

/** A place in a channel's log: the last event that was seen. */
export interface Position {
  epoch: string;
  seq: number;
}

/** What one connection to a channel needs. */
export interface ConnectionParts {
  requester: Requester;
  /** `run.{id}`, `project.{id}` or `project.{id}.features`. */
  channel: string;
  /** Goes on after it; `now`: only what comes from now on; default from the first event. */
  position: Position | 'now' | undefined;
  /** Ends the connection. */
  signal: AbortSignal;
  /** Without a byte for this long the connection counts as dead. Default: twice the server's heartbeat. */
  silenceMs: number | undefined;
}

/**
 * What a connection brings. `open`: the server has taken it, events follow from `at` on; `alive`: a sign of life without
 * news; `over`: nothing further will come.
 */
export type Heard<Event> =
  | { type: 'event'; event: Event }
  | { type: 'reset' }
  | { type: 'open'; at?: Position }
  | { type: 'alive' }
  | { type: 'drain'; waitMs: number }
  | { type: 'over' };

/** One connection: until it ends, breaks, or stays silent for too long. Leaves nothing open, however it is left. */
export type Connect = <Event>(parts: ConnectionParts) => AsyncGenerator<Heard<Event>>;

/** Twice the heartbeat of a server that names none, in milliseconds. */
export const SILENCE_MS = 50_000;

/** This way of connecting is of no use here; another one may be. */
export class UnusableError extends Error {}

/** The closed connection says that the next one may be made at once. */
export class ClosedError extends Error {}

/** The result, or an error when it takes longer. Only the time of waiting counts, not that of a slow reader. */
export function within<T>(ms: number, result: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new UnreachableError(`Nothing was heard for ${ms} ms.`)), ms);
    void result.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Where a channel can be read over HTTP; null where it can't. */
export function httpPathOf(channel: string): string | null {
  const [kind, id = '', rest] = channel.split('.');
  const place = rest === undefined ? 'events' : `${rest}/events`;
  return kind === 'run' || kind === 'project' ? `/v1/${kind}s/${encodeURIComponent(id)}/${place}` : null;
}

export const ENDS: ReadonlySet<string> = new Set(['complete', 'partial', 'failed', 'cancelled']);
