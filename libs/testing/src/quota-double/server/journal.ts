import type { Api, RequestFacts } from './read-request.js';
import type { Fault } from './fault.js';

/**
 * One request, from its first byte to its end. Instants are in milliseconds since 1970.
 *
 * It ends as `completed` (the end mark was sent), `refused` (a limit was in the way), `error` (another HTTP error),
 * `broken` (a fault ended it after its headers, or instead of them) or `client_closed` (the other side left first).
 */
export interface JournalEntry {
  readonly number: number;
  readonly api: Api;
  readonly provider: 'openai' | 'azure' | 'anthropic';
  readonly receivedAt: number;
  /** As it came; null where it is not JSON. */
  readonly body: unknown;
  /** Null where the request is not one this provider takes. */
  readonly facts: RequestFacts | null;
  readonly model: string | null;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** In the quota's ledger, where it was let in. */
  readonly callId: string | null;
  readonly fault: Fault | null;
  readonly status: number | null;
  readonly headersSentAt: number | null;
  readonly firstPieceAt: number | null;
  /** What was sent of the text. */
  readonly text: string;
  readonly outputTokens: number;
  readonly end: 'open' | 'completed' | 'refused' | 'error' | 'broken' | 'client_closed';
  readonly endedAt: number | null;
  /** When the connection, or this use of it, was over. */
  readonly closedAt: number | null;
}

export type OpenEntry = { -readonly [K in keyof JournalEntry]: JournalEntry[K] };
