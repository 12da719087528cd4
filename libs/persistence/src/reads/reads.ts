import type {
  ApiKeyResource,
  AuditEntryResource,
  DeliveriesQuery,
  DeliveryResource,
  DocumentResource,
  DocumentSummary,
  FeatureEventBody,
  FeatureResource,
  FeaturesQuery,
  ListedProject,
  Page,
  PlanExport,
  ProjectEventBody,
  ProjectResource,
  ProjectsQuery,
  RunSummary,
  TaskResource,
  VersionResource,
  VersionSummary,
  WebhookResource,
} from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { readBudget } from '../ledger/budget.js';
import type { Budget } from '../ledger/budget.js';
import { readUsage } from '../ledger/read-usage.js';
import type { LedgerUsage, Span } from '../ledger/read-usage.js';
import { readSectionHistory } from '../ledger/section-history.js';
import type { SectionHistory } from '../ledger/section-history.js';
import { readWorkspace, readWorkspacesNamed } from '../workspaces.repository.js';
import type { Workspace } from '../workspaces.repository.js';
import { readApiKeyResource, readApiKeys } from './api-keys.js';
import { readAuditLog } from './audit-log.js';
import { readPlan } from '../plans/read-plan.js';
import { readLinkedPlan } from './coverage.js';
import { readVersionTexts } from './version-texts.js';
import type { VersionTexts } from './version-texts.js';
import type { LinkedPlan } from './coverage.js';
import { readDocument, readDocuments, readVersion, readVersions } from './documents.js';
import {
  readChannelOwner,
  readChannelOwnerAnywhere,
  readFeatureEvents,
  readProjectEvents,
  readRunEvents,
} from './events.js';
import { readFeature, readFeatures } from './features.js';
import type { PageRequest } from './pages.js';
import { showingKey } from '../tenancy/acting-for.js';
import { readApiKey, readProject, readProjects } from './projects.js';
import { readRenderInputs } from './render-inputs.js';
import { readRun, readRuns, readRunSummary } from './runs.js';
import { readColumns } from '../tasks/columns.js';
import type { BoardColumns } from '../tasks/columns.js';
import { readDeliveries, readDelivery, readWebhook, readWebhooks } from '../webhooks/read-webhooks.js';
import { readTask, readTasks } from './tasks.js';
import type { TaskFilter } from './tasks.js';
import type {
  ApiKey,
  DueStep,
  Numbered,
  Pulse,
  RenderInputs,
  RunFact,
  SilentRun,
  SilentStep,
  StepAttempt,
  StoredRun,
} from './types.js';
import { readWaitingSteps } from './waiting-steps.js';
import type { WaitingSteps } from './waiting-steps.js';
import { readDueSteps, readPulse, readSilentRuns, readSilentSteps, readTurns } from './work.js';
import type { Turn } from './work.js';

/**
 * Questions to the database. Those that take a workspace answer with REST resources and see nothing of another one: a
 * foreign id reads like one that does not exist. Lists are pages; a `cursor` nobody gave out throws `InvalidCursorError`.
 */
export class Reads {
  constructor(private readonly manager: EntityManager) {}

  project(workspaceId: string, id: string): Promise<ProjectResource | null> {
    return readProject(this.manager, workspaceId, id);
  }
  projects(workspaceId: string, query: ProjectsQuery): Promise<Page<ListedProject>> {
    return readProjects(this.manager, workspaceId, query);
  }
  /** What is exported of a project, as it is at one instant. */
  plan(workspaceId: string, id: string): Promise<PlanExport | null> {
    return readPlan(this.manager, workspaceId, id);
  }
  run(workspaceId: string, id: string): Promise<StoredRun | null> {
    return readRun(this.manager, workspaceId, id);
  }
  /** What lists and project events show of a run. */
  runSummary(workspaceId: string, id: string): Promise<RunSummary | null> {
    return readRunSummary(this.manager, workspaceId, id);
  }
  runs(workspaceId: string, projectId: string, page: PageRequest): Promise<Page<RunSummary>> {
    return readRuns(this.manager, workspaceId, projectId, page);
  }
  document(workspaceId: string, id: string): Promise<DocumentResource | null> {
    return readDocument(this.manager, workspaceId, id);
  }
  documents(workspaceId: string, projectId: string, page: PageRequest): Promise<Page<DocumentSummary>> {
    return readDocuments(this.manager, workspaceId, projectId, page);
  }
  version(workspaceId: string, id: string): Promise<VersionResource | null> {
    return readVersion(this.manager, workspaceId, id);
  }
  versions(workspaceId: string, documentId: string, page: PageRequest): Promise<Page<VersionSummary>> {
    return readVersions(this.manager, workspaceId, documentId, page);
  }
  task(workspaceId: string, id: string): Promise<TaskResource | null> {
    return readTask(this.manager, workspaceId, id);
  }
  /** Cards in board order; by default all on the board. */
  tasks(workspaceId: string, projectId: string, page: PageRequest, filter?: TaskFilter): Promise<Page<TaskResource>> {
    return readTasks(this.manager, workspaceId, projectId, page, filter);
  }
  /** Columns of a project's board. Of a project that is not there the workspace's. */
  columns(workspaceId: string, projectId: string): Promise<BoardColumns> {
    return readColumns(this.manager, workspaceId, projectId);
  }

  /** Requirements and cards with their links; null where there is no such project. */
  linkedPlan(workspaceId: string, projectId: string): Promise<LinkedPlan | null> {
    return readLinkedPlan(this.manager, workspaceId, projectId);
  }

  feature(workspaceId: string, id: string): Promise<FeatureResource | null> {
    return readFeature(this.manager, workspaceId, id);
  }
  /** Of a project, newest first, those that failed included. */
  features(workspaceId: string, projectId: string, query: FeaturesQuery): Promise<Page<FeatureResource>> {
    return readFeatures(this.manager, workspaceId, projectId, query);
  }

  webhook(workspaceId: string, id: string): Promise<WebhookResource | null> {
    return readWebhook(this.manager, workspaceId, id);
  }
  webhooks(workspaceId: string, page: PageRequest): Promise<Page<WebhookResource>> {
    return readWebhooks(this.manager, workspaceId, page);
  }
  delivery(workspaceId: string, webhookId: string, id: string): Promise<DeliveryResource | null> {
    return readDelivery(this.manager, workspaceId, webhookId, id);
  }
  deliveries(workspaceId: string, webhookId: string, query: DeliveriesQuery): Promise<Page<DeliveryResource>> {
    return readDeliveries(this.manager, workspaceId, webhookId, query);
  }

  workspace(id: string): Promise<Workspace | null> {
    return readWorkspace(this.manager, id);
  }
  /** Workspaces with this name or id; names are not unique. */
  workspacesNamed(name: string): Promise<Workspace[]> {
    return readWorkspacesNamed(this.manager, name);
  }
  /** What a workspace used within a span, by its ledger. */
  usage(workspaceId: string, span: Span): Promise<LedgerUsage> {
    return readUsage(this.manager, workspaceId, span);
  }
  /** What a workspace may spend this month, and has spent; null where it has no budget. */
  budget(workspaceId: string): Promise<Budget | null> {
    return readBudget(this.manager, workspaceId);
  }
  /** Steps of a workspace that wait for an instant: how many, and the first of them. */
  waitingSteps(workspaceId: string, most: number): Promise<WaitingSteps> {
    return readWaitingSteps(this.manager, workspaceId, most);
  }
  /** What sections took lately in runs of this workspace with this model. */
  sectionHistory(workspaceId: string, by: { provider: string; model: string }): Promise<SectionHistory> {
    return readSectionHistory(this.manager, workspaceId, by);
  }
  /** The finished texts of these versions, by version. */
  versionTexts(workspaceId: string, versionIds: readonly string[]): Promise<Map<string, VersionTexts>> {
    return readVersionTexts(this.manager, workspaceId, versionIds);
  }

  /** Events after number `afterN` (0: from the first), in order, at most `limit`. */
  runEvents(runId: string, afterN: number, limit: number): Promise<Numbered<RunFact>[]> {
    return readRunEvents(this.manager, runId, afterN, limit);
  }
  projectEvents(projectId: string, afterN: number, limit: number): Promise<Numbered<ProjectEventBody>[]> {
    return readProjectEvents(this.manager, projectId, afterN, limit);
  }
  /** Of the channel `project.{id}.features`, which has numbers of its own. */
  featureEvents(projectId: string, afterN: number, limit: number): Promise<Numbered<FeatureEventBody>[]> {
    return readFeatureEvents(this.manager, projectId, afterN, limit);
  }
  /** The workspace that may listen to `run.{id}`, `project.{id}` or `project.{id}.features`; null for no such thing. */
  channelOwner(channel: string): Promise<string | null> {
    return readChannelOwner(this.manager, channel);
  }
  /** As `channelOwner`, whatever workspace is acted for: for the notifier, which hears of channels by their id. */
  channelOwnerAnywhere(channel: string): Promise<string | null> {
    return readChannelOwnerAnywhere(this.manager, channel);
  }

  /**
   * One answer for each fence, in their order. Null when there is nothing to send: the attempt is not the current one, or
   * the step has ended or waits.
   */
  renderInputs(fences: readonly Pick<StepAttempt, 'stepId' | 'attempt'>[]): Promise<(RenderInputs | null)[]> {
    return readRenderInputs(this.manager, fences);
  }
  /** These steps as they stand now. */
  turns(stepIds: readonly string[]): Promise<Turn[]> {
    return readTurns(this.manager, stepIds);
  }
  /** Delayed steps that are to be woken at `nowMs` (milliseconds since 1970). */
  dueSteps(nowMs: number, limit: number): Promise<DueStep[]> {
    return readDueSteps(this.manager, nowMs, limit);
  }
  /** What waits for a loop to take it up. `nowMs`: milliseconds since 1970. */
  pulse(nowMs: number, outbox: { olderThanMs: number }): Promise<Pulse> {
    return readPulse(this.manager, nowMs, outbox.olderThanMs);
  }

  /** Steps that a generator should have, without a sign of life. */
  silentSteps(age: { olderThanMs: number }, limit: number): Promise<SilentStep[]> {
    return readSilentSteps(this.manager, age, limit);
  }
  /** Runs that should have moved: never begun, told to stop and not stopped, or without any step on its way. */
  silentRuns(age: { olderThanMs: number }, limit: number): Promise<SilentRun[]> {
    return readSilentRuns(this.manager, age.olderThanMs, limit);
  }

  /** API keys of a workspace, newest first, those that ended included. */
  apiKeys(workspaceId: string, page: PageRequest): Promise<Page<ApiKeyResource>> {
    return readApiKeys(this.manager, workspaceId, page);
  }
  apiKeyResource(workspaceId: string, id: string): Promise<ApiKeyResource | null> {
    return readApiKeyResource(this.manager, workspaceId, id);
  }
  /** What was changed in a workspace, newest first. */
  auditLog(workspaceId: string, page: PageRequest): Promise<Page<AuditEntryResource>> {
    return readAuditLog(this.manager, workspaceId, page);
  }

  /** The key with this hash (SHA-256, lower-case hex) or this one before its rotation, unless it has ended. */
  apiKey(hash: string): Promise<ApiKey | null> {
    return showingKey(hash, () => readApiKey(this.manager, hash));
  }
}
