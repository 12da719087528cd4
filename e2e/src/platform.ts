import type { AppProcess } from './app-process.js';

/** A whole Planwright as its users see it, in processes of its own. */
export interface Platform {
  readonly name: string;
  /** Where REST, WebSocket and event streams answer. */
  readonly url: string;
  /** Every address of the kind; more than one where several gateways run. */
  readonly urls: readonly string[];
  readonly processes: readonly AppProcess[];
  /** Halts what moves runs along until the answer is called; null where it is not a process of its own. */
  halt(): (() => void) | null;
  stop(): Promise<void>;
}

/** Where the live feed's sockets connect. */
export function socketUrl(url: string): string {
  return `${url.replace(/^http/, 'ws')}/v1/live`;
}

/** The offline writer, fast but not at once: sections that are written side by side overlap in time. */
export const FAST_WRITER = {
  PLANWRIGHT_PROVIDER: 'offline',
  PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: '20',
  PLANWRIGHT_OFFLINE_CHUNK_MS: '1',
} as const;
