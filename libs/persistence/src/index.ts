export { ConnectionError, InvalidCursorError, SchemaError } from './errors.js';
export { migrate } from './migrate.js';
export { checkDatabase, Database } from './database.js';
export type { DatabaseOptions } from './database.js';
export { createAuthenticator, ensureBootstrapKey, ensureKey } from './keys/authenticator.js';
export type { Authenticate, Caller } from './keys/authenticator.js';
export { PersistenceModule } from './persistence.module.js';
export type { Tx } from './tx.js';
export type { Reads } from './reads/reads.js';
export type { InsertedRun, NewRun, NewRunDocument } from './runs/new-run.js';
export type { LockedRun, StepResult } from './runs/locked-run.js';
export type { ActiveVersion } from './documents.repository.js';
export type { OutboxMessage, OutboxRow } from './messages/outbox-row.js';
export type {
  ApiKey,
  InputDocument,
  Numbered,
  RenderInputs,
  RunFact,
  SilentRun,
  StepAttempt,
  StoredRun,
  StoredRunFact,
} from './reads/types.js';
