export { ConnectionError, InvalidCursorError, isUnavailable, SchemaError } from './errors.js';
export { migrate } from './migrate.js';
export { rightsOf } from './probe.js';
export type { Rights } from './probe.js';
export { checkDatabase, Database } from './database.js';
export type { DatabaseOptions } from './database.js';
export { createAuthenticator, ensureBootstrapKey, ensureKey, stillHolds } from './keys/authenticator.js';
export type { Authenticate } from './keys/authenticator.js';
export type { Actor, Caller, Credential } from './keys/caller.js';
export { isMistyped } from './keys/key-format.js';
export { createKey, revokeKey, rotateKey } from './keys/manage-keys.js';
export { onBehalfOf } from './tenancy/acting-for.js';
export { WebhookDatabase, WorkspaceDatabase } from './tenancy/confined-databases.js';
export { PersistenceModule } from './persistence.module.js';
export type { Tx } from './tx.js';
export type { Reads } from './reads/reads.js';
export { scopesOf } from './runs/new-run.js';
export type { Conflict, InsertedRun, NewRun, NewRunDocument, WhenHeld } from './runs/new-run.js';
export type { PromotedRun } from './runs/promote-waiting.js';
export type { NewerRun, RetrySource, RetrySourceDocument } from './runs/retry-source.js';
export { retryOf } from './runs/retry-of.js';
export type { Retrier } from './runs/retry-of.js';
export type { FeatureRetry, RetriedFeature } from './features/retry-feature.js';
export type { WrittenFeature } from './features/features.repository.js';
export type { KeptAnswer, KeyedRequest } from './requests/idempotency.repository.js';
export type { Cause, Change, LockedRun, StepResult } from './runs/locked-run.js';
export { numberFacts } from './runs/number-facts.js';
export type { BoardAnswer, BoardChange, BoardRefusal } from './tasks/board-answer.js';
export type { BoardColumns } from './tasks/columns.js';
export type { ColumnInUse } from './tasks/columns.repository.js';
export { storeTaskSet, taskListsIn } from './tasks/store-task-set.js';
export type { StoredTaskSet, TaskSet } from './tasks/store-task-set.js';
export type { CardToChange } from './tasks/tasks.repository.js';
export type { Line } from './admission/lines.js';
export type { ActivatedVersion, ActiveVersion, DocumentSources } from './documents.repository.js';
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
export type { PastSection, SectionHistory } from './ledger/section-history.js';
export type { VersionTexts } from './reads/version-texts.js';
export type { Workspace, WorkspaceSettings } from './workspaces.repository.js';
export type { AskedDelivery } from './webhooks/webhooks.repository.js';
export type { ClaimedDelivery } from './webhooks/claim.js';
export type { UntoldPlace, UntoldScope } from './webhooks/untold-events.js';
export { WebhookSecrets } from './webhooks/webhook-secrets.js';
export type { AttemptResult } from './webhooks/webhook-queue.js';
export { KINDS } from './verify/invariant.js';
export type { InvariantKind } from './verify/invariant.js';
export { verify } from './verify/verify.js';
export type { Finding, Verification, VerifyOptions } from './verify/verify.js';
export { databaseState } from './verify/database-state.js';
export type { DatabaseState } from './verify/database-state.js';
export { appendAudit, appendAuditIn, noteAudit } from './audit.js';
export type { AuditEntry } from './audit.js';
