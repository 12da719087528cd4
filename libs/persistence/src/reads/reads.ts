import type {
  DocumentResource,
  DocumentSummary,
  Page,
  ProjectEventBody,
  ProjectResource,
  RunSummary,
  TaskResource,
  VersionResource,
  VersionSummary,
} from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { readBudget } from '../ledger/budget.js';
import type { Budget } from '../ledger/budget.js';
import { readUsage } from '../ledger/read-usage.js';
import type { LedgerUsage, Span } from '../ledger/read-usage.js';
import { readUsualSections } from '../ledger/usual-sections.js';
import type { UsualSection } from '../ledger/usual-sections.js';
import { readWorkspace, readWorkspacesNamed } from '../workspaces.repository.js';
import type { Workspace } from '../workspaces.repository.js';
import { readDocument, readDocuments, readVersion, readVersions } from './documents.js';
import { readChannelOwner, readProjectEvents, readRunEvents } from './events.js';
import type { PageRequest } from './pages.js';
import { readApiKey, readProject, readProjects } from './projects.js';
import { readRenderInputs } from './render-inputs.js';
import { readRun, readRuns, readRunSummary } from './runs.js';
import { readTask, readTasks } from './tasks.js';
import type {
  ApiKey,
  Numbered,
  Pulse,
  RenderInputs,
  RunFact,
  SilentRun,
  SilentStep,
  StepAttempt,
  StoredRun,
} from './types.js';
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
  projects(workspaceId: string, page: PageRequest): Promise<Page<ProjectResource>> {
    return readProjects(this.manager, workspaceId, page);
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
  tasks(workspaceId: string, projectId: string, page: PageRequest): Promise<Page<TaskResource>> {
    return readTasks(this.manager, workspaceId, projectId, page);
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
  /** What sections took lately in runs of this workspace with this model. */
  usualSections(workspaceId: string, by: { provider: string; model: string }): Promise<UsualSection[]> {
    return readUsualSections(this.manager, workspaceId, by);
  }

  /** Events after number `afterN` (0: from the first), in order, at most `limit`. */
  runEvents(runId: string, afterN: number, limit: number): Promise<Numbered<RunFact>[]> {
    return readRunEvents(this.manager, runId, afterN, limit);
  }
  projectEvents(projectId: string, afterN: number, limit: number): Promise<Numbered<ProjectEventBody>[]> {
    return readProjectEvents(this.manager, projectId, afterN, limit);
  }
  /** The workspace that may listen to `run.{id}`, `project.{id}` or `project.{id}.features`; null for no such thing. */
  channelOwner(channel: string): Promise<string | null> {
    return readChannelOwner(this.manager, channel);
  }

  /**
   * One answer for each fence, in their order. Null when there is nothing to send: the attempt is not the current one, or
   * the step has ended or waits.
   */
  renderInputs(fences: readonly Pick<StepAttempt, 'stepId' | 'attempt'>[]): Promise<(RenderInputs | null)[]> {
    return readRenderInputs(this.manager, fences);
  }
  /** Delayed steps whose instant has come by `nowMs` (milliseconds since 1970). */
  turns(stepIds: readonly string[]): Promise<Turn[]> {
    return readTurns(this.manager, stepIds);
  }

  dueSteps(nowMs: number, limit: number): Promise<StepAttempt[]> {
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

  /** The key with this hash (SHA-256, lower-case hex), unless it was revoked. */
  apiKey(hash: string): Promise<ApiKey | null> {
    return readApiKey(this.manager, hash);
  }
}
