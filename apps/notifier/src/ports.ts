import type { AnyMessage } from '@planwright/contracts';
import type { NumberedFact } from '@planwright/live';
import type { Credential } from '@planwright/persistence';
import type { AllowedOrigins } from '@planwright/runtime';

/** Token of the `FactStore`. */
export const FACT_STORE = Symbol('fact store');
/** Token of the `Auth`. */
export const AUTH = Symbol('auth');

/** Stored facts, and whom a channel belongs to. `Database.read` of the persistence library fits. */
export interface FactStore {
  runEvents(runId: string, afterN: number, limit: number): Promise<readonly NumberedFact[]>;
  projectEvents(projectId: string, afterN: number, limit: number): Promise<readonly NumberedFact[]>;
  featureEvents(projectId: string, afterN: number, limit: number): Promise<readonly NumberedFact[]>;
  /** The workspace of a channel; null for a channel of nothing that exists. */
  channelOwner(channel: string): Promise<string | null>;
}

/** Broadcast facts. Every `Broker` of the messaging library fits. */
export interface FactSource {
  subscribe(subscription: {
    keys: readonly string[];
    handle(message: AnyMessage): Promise<void>;
  }): Promise<{ close(): Promise<void> }>;
}

/** Who asks. */
export interface Auth {
  /** True where no key is asked for: then requests from elsewhere than this machine are refused. */
  localOnly: boolean;
  /** Pages of other origins that may open sockets and read answers; default none. */
  allowedOrigins?: AllowedOrigins;
  /**
   * By the `Authorization` header of a request or an upgrade; null for nobody we know. Throws `AccessRefused` for a token
   * that can't be taken.
   */
  authenticate(header: string | undefined): Promise<Bearer | null>;
  /** By a ticket, which is used up by this; null for one that is not good. Absent: sockets need a header. */
  redeem?(ticket: string): Promise<Bearer | null>;
  /** Whether who was let in before would be let in now. Absent: always. */
  holds?(bearer: Bearer): Promise<boolean>;
}

/** Who was let in. `Caller` of the persistence library fits. */
export interface Bearer {
  workspaceId: string;
  credential?: Credential | null;
}

export interface Log {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
