export { ConnectionError, InvalidCursorError, isUnavailable, SchemaError } from './errors.js';
export { migrate } from './migrate.js';
export { checkDatabase, Database } from './database.js';
export type { DatabaseOptions } from './database.js';
export { createAuthenticator, ensureBootstrapKey, ensureKey } from './keys/authenticator.js';
export type { Authenticate, Caller } from './keys/authenticator.js';
export { PersistenceModule } from './persistence.module.js';
export type { Tx } from './tx.js';
export type { Reads } from './reads/reads.js';
export type { Conflict, InsertedRun, NewRun, NewRunDocument, WhenHeld } from './runs/new-run.js';
export type { PromotedRun } from './runs/promote-waiting.js';
export type { NewerRun, RetrySource, RetrySourceDocument } from './runs/retry-source.js';
export type { KeptAnswer, KeyedRequest } from './requests/idempotency.repository.js';
export type { Cause, Change, LockedRun, StepResult } from './runs/locked-run.js';
export { numberFacts } from './runs/number-facts.js';
export type { Line } from './admission/lines.js';
export type { ActiveVersion } from './documents.repository.js';
export type { OutboxMessage, OutboxRow } from './messages/outbox-row.js';
export type {
  ApiKey,
  InputDocument,
  Numbered,
  Pulse,
  RenderInputs,
  RunFact,
  SilentRun,
  SilentStep,
  StepAttempt,
  StoredRun,
  StoredRunFact,
} from './reads/types.js';
export type { Budget } from './ledger/budget.js';
export type { LedgerUsage, Span } from './ledger/read-usage.js';
export type { UsualSection } from './ledger/usual-sections.js';
export type { Workspace, WorkspaceSettings } from './workspaces.repository.js';
export { KINDS } from './verify/invariant.js';
export type { InvariantKind } from './verify/invariant.js';
export { verify } from './verify/verify.js';
export type { Finding, Verification, VerifyOptions } from './verify/verify.js';
export { databaseState } from './verify/database-state.js';
export type { DatabaseState } from './verify/database-state.js';
export { appendAudit, appendAuditIn } from './audit.js';
export type { AuditEntry } from './audit.js';
