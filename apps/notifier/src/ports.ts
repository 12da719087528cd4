import type { AnyMessage } from '@planwright/contracts';
import type { NumberedFact } from '@planwright/live';

/** Token of the `FactStore`. */
export const FACT_STORE = Symbol('fact store');
/** Token of the `Auth`. */
export const AUTH = Symbol('auth');

/** Stored facts, and whom a channel belongs to. `Database.read` of the persistence library fits. */
export interface FactStore {
  runEvents(runId: string, afterN: number, limit: number): Promise<readonly NumberedFact[]>;
  projectEvents(projectId: string, afterN: number, limit: number): Promise<readonly NumberedFact[]>;
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
  /** By the `Authorization` header of a request or an upgrade; null for nobody we know. */
  authenticate(header: string | undefined): Promise<{ workspaceId: string } | null>;
}

export interface Log {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
