import { WorkspacesAndProjects } from './0001-workspaces-and-projects.js';
import { RunsAndDocuments } from './0002-runs-and-documents.js';
import { Steps } from './0003-steps.js';
import { EventsAndMessages } from './0004-events-and-messages.js';
import { Tasks } from './0005-tasks.js';
import { UsageLedger } from './0006-usage-ledger.js';
import { FeaturesAndRequests } from './0007-features-and-requests.js';
import { AdmissionAndWaitingRuns } from './0008-admission-and-waiting-runs.js';
import { CallsCostAndBudgets } from './0009-calls-cost-and-budgets.js';
import { TextQuality } from './0010-text-quality.js';
import { Board } from './0011-board.js';
import { FeatureWorkflow } from './0012-feature-workflow.js';
import { Lineage } from './0013-lineage.js';
import { WebhookDeliveries } from './0014-webhook-deliveries.js';
import { Access } from './0015-access.js';
import { RowLevelSecurity } from './0016-row-level-security.js';
import { ReferenceIndexes } from './0017-reference-indexes.js';
import { AuditOutlives } from './0018-audit-outlives.js';

/** In order. A number is never used twice and a released migration never changes: add the next one. */
export const MIGRATIONS = [
  WorkspacesAndProjects,
  RunsAndDocuments,
  Steps,
  EventsAndMessages,
  Tasks,
  UsageLedger,
  FeaturesAndRequests,
  AdmissionAndWaitingRuns,
  CallsCostAndBudgets,
  TextQuality,
  Board,
  FeatureWorkflow,
  Lineage,
  WebhookDeliveries,
  Access,
  RowLevelSecurity,
  ReferenceIndexes,
  AuditOutlives,
];

/** TypeORM's bookkeeping table. It takes the last 13 digits of a migration's name for its place in the order. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/** `UsageLedger0000000000006` is number 6. */
export const numberOf = (name: string): number => Number(name.slice(-13));

/** The newest migration this release knows. */
export const LATEST_NAME = new AuditOutlives().name;
