import { z } from 'zod';
import type { ProblemCode } from '../problems.js';
import { uuid } from '../ids.js';
import type { Role } from '../roles.js';
import { apiKeyResource, createApiKey, issuedApiKey, rotateApiKey } from './api-keys.js';
import { auditEntry } from './audit-log.js';
import { blueprintResource } from './blueprints.js';
import { MAX_BUNDLE_BYTES, planBundle } from '../bundle.js';
import { coverageReport } from './coverage.js';
import { documentResource, documentSummary, versionDiff, versionResource, versionSummary } from './documents.js';
import { eventsPage, eventsQuery, featureEventsPage, projectEventsPage } from './events.js';
import { EXPORT_TYPES, exportQuery } from './exports.js';
import { createFeature, featureAccepted, featureResource, featuresQuery, retryFeature } from './features.js';
import { limitsReport } from './limits.js';
import { page, pageQuery } from './lists.js';
import { modelResource } from './models.js';
import { listedProject, projectsQuery } from './project-list.js';
import { createProject, projectResource, updateProject } from './projects.js';
import { runEstimate } from './estimates.js';
import { regenerateSection, regeneratedSection } from './regenerate.js';
import { retryRun, runResource, runSummary, startRun } from './runs.js';
import { streamPrd } from './stream-prd.js';
import { columnsResource, replaceColumns } from './columns.js';
import { ticketResource } from './tickets.js';
import { createTask, decideSuggestion, moveTask, taskResource, tasksQuery, updateTask } from './tasks.js';
import { usageQuery, usageReport } from './usage.js';
import { WEBHOOK_ROUTES } from './webhook-routes.js';

/** One REST route: what it takes and gives. The gateway's controllers and the OpenAPI file are checked against this. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The role a caller has to hold, or a stronger one; others are refused with 403. */
  needs: Role;
  /** Path under the origin, parameters in braces. */
  path: string;
  summary: string;
  tag: string;
  body?: z.ZodType;
  /** Larger ones are refused with 413. Default: `MAX_BODY_BYTES`. */
  maxBodyBytes?: number;
  /** True where every field has a default, so that no body at all is fine. */
  bodyOptional?: true;
  /** True where an `Idempotency-Key` is taken. */
  idempotent?: true;
  /** Where `If-Match` is taken: it has to be there, or is compared where it is. The answer has an `ETag`, too. */
  ifMatch?: 'required' | 'optional';
  /** True where the answer has an `ETag` and nothing is compared. */
  etag?: true;
  query?: z.ZodType;
  /** Success status and body; null for an empty one. */
  status: number;
  response: z.ZodType | null;
  /** Body of the 200 to a request with `dry_run`, which changes nothing. */
  dryRun?: z.ZodType;
  /** Other content types of the success answer; all of them where `response` is null. */
  alsoProduces?: readonly string[];
  /** Of `Prefer`, beside `respond-async`, which is what every 202 is: `wait=N` where the work can be waited for. */
  prefer?: 'wait';
  /** Set where another route does the same better. */
  deprecated?: Deprecation;
  problems: readonly ProblemCode[];
}

/** When a route began to be deprecated, when it goes, and which route takes its place. */
interface Deprecation {
  since: string;
  sunset: string;
  successor: string;
}

const id = z.object({ id: uuid });
/** Path parameters are ids everywhere. */
export const idParam = id;

const read: ProblemCode[] = ['unauthenticated', 'invalid_request', 'not_found'];
const write: ProblemCode[] = [...read, 'malformed_json', 'payload_too_large', 'unsupported_media_type'];
const keyed: ProblemCode[] = ['idempotency_key_reused', 'idempotency_key_in_use'];
const matched: ProblemCode[] = ['precondition_failed'];

export const ROUTES = {
  createProject: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/projects',
    summary: 'Create a project from an idea',
    tag: 'projects',
    body: createProject,
    idempotent: true,
    status: 201,
    response: projectResource,
    problems: [...write, ...keyed],
  },
  listProjects: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects',
    summary: 'List projects, newest first, each with its newest run; `q` searches their names and ideas',
    tag: 'projects',
    query: projectsQuery,
    status: 200,
    response: page(listedProject),
    problems: read,
  },
  getProject: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}',
    summary: 'Read a project',
    tag: 'projects',
    etag: true,
    status: 200,
    response: projectResource,
    problems: read,
  },
  updateProject: {
    method: 'PATCH',
    needs: 'editor',
    path: '/v1/projects/{id}',
    summary: 'Change a project; runs that are under way keep what they started with',
    tag: 'projects',
    body: updateProject,
    ifMatch: 'optional',
    status: 200,
    response: projectResource,
    problems: [...write, ...matched],
  },
  deleteProject: {
    method: 'DELETE',
    needs: 'editor',
    path: '/v1/projects/{id}',
    summary: 'Delete a project; its active runs are cancelled first',
    tag: 'projects',
    status: 204,
    response: null,
    problems: read,
  },
  startRun: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/projects/{id}/runs',
    summary: 'Start a run: PRD, tech spec and task set as a chain, or some of them',
    tag: 'runs',
    body: startRun,
    bodyOptional: true,
    idempotent: true,
    prefer: 'wait',
    status: 202,
    response: runResource,
    dryRun: runEstimate,
    problems: [...write, ...keyed, 'run_active', 'prerequisite_missing', 'nothing_stale', 'too_many_runs'],
  },
  listRuns: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/runs',
    summary: "List a project's runs, newest first",
    tag: 'runs',
    query: pageQuery,
    status: 200,
    response: page(runSummary),
    problems: read,
  },
  getRun: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/runs/{id}',
    summary: 'Read a run with its steps, the text being written and where to go on listening',
    tag: 'runs',
    etag: true,
    status: 200,
    response: runResource,
    problems: read,
  },
  cancelRun: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/runs/{id}/cancel',
    summary: 'Cancel a run; asking again, or after its end, changes nothing and answers what is true',
    tag: 'runs',
    idempotent: true,
    prefer: 'wait',
    status: 202,
    response: runResource,
    problems: [...read, ...keyed],
  },
  retryRun: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/runs/{id}/retry',
    summary: 'Retry a run that did not finish: a new run keeps what is written and goes on with the rest',
    tag: 'runs',
    body: retryRun,
    bodyOptional: true,
    idempotent: true,
    prefer: 'wait',
    status: 202,
    response: runResource,
    problems: [...write, ...keyed, 'run_active', 'nothing_to_retry', 'superseded', 'too_many_runs'],
  },
  runEvents: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/runs/{id}/events',
    summary: 'Follow a run: a page of live events as JSON, or server-sent events with `Accept: text/event-stream`',
    tag: 'runs',
    query: eventsQuery,
    status: 200,
    response: eventsPage,
    alsoProduces: ['text/event-stream'],
    problems: read,
  },
  projectEvents: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/events',
    summary: "Follow a project's runs and tasks, as a run is followed",
    tag: 'projects',
    query: eventsQuery,
    status: 200,
    response: projectEventsPage,
    alsoProduces: ['text/event-stream'],
    problems: read,
  },
  featureEvents: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/features/events',
    summary: "Follow a project's features, as a run is followed",
    tag: 'features',
    query: eventsQuery,
    status: 200,
    response: featureEventsPage,
    alsoProduces: ['text/event-stream'],
    problems: read,
  },
  listDocuments: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/documents',
    summary: "List a project's documents",
    tag: 'documents',
    query: pageQuery,
    status: 200,
    response: page(documentSummary),
    problems: read,
  },
  getDocument: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/documents/{id}',
    summary: 'Read a document with its active version',
    tag: 'documents',
    etag: true,
    status: 200,
    response: documentResource,
    problems: read,
  },
  listVersions: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/documents/{id}/versions',
    summary: "List a document's versions, newest first",
    tag: 'documents',
    query: pageQuery,
    status: 200,
    response: page(versionSummary),
    problems: read,
  },
  getVersion: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/versions/{id}',
    summary: 'Read a version with its sections',
    tag: 'documents',
    etag: true,
    status: 200,
    response: versionResource,
    problems: read,
  },
  activateVersion: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/versions/{id}/activate',
    summary: 'Make a version the one readers get; what was made from another text shows as stale, and nothing is lost',
    tag: 'documents',
    idempotent: true,
    status: 200,
    response: documentResource,
    problems: [...read, ...keyed, 'not_activatable'],
  },
  diffVersions: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/versions/{id}/diff/{other}',
    summary: 'Compare a version with another one of its document, section by section and word by word',
    tag: 'documents',
    status: 200,
    response: versionDiff,
    problems: read,
  },
  archiveDocument: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/documents/{id}/archive',
    summary: 'Put a document aside; its versions stay, and a new one brings it back',
    tag: 'documents',
    idempotent: true,
    status: 200,
    response: documentResource,
    problems: [...read, ...keyed],
  },
  regenerateSection: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/prds/{prd_id}/sections/{section_id}/regenerate',
    summary: 'Write one section of a PRD anew, with wishes; `Prefer: wait=N` waits up to N seconds for its text',
    tag: 'documents',
    body: regenerateSection,
    bodyOptional: true,
    idempotent: true,
    prefer: 'wait',
    status: 202,
    response: regeneratedSection,
    dryRun: runEstimate,
    problems: [...write, ...keyed, 'run_active', 'prerequisite_missing', 'too_many_runs'],
  },
  streamPrd: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/prds/stream/v2',
    summary: 'Start a PRD run and follow it as server-sent events, in one call; a lost connection does not cancel it',
    tag: 'runs',
    body: streamPrd,
    idempotent: true,
    status: 200,
    response: null,
    alsoProduces: ['text/event-stream'],
    problems: [...write, ...keyed, 'run_active', 'too_many_runs'],
  },
  streamPrdAsChunks: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/prds/stream',
    summary: 'Start a PRD run and read its text as chunks, one section after another, then `complete`',
    tag: 'runs',
    body: streamPrd,
    idempotent: true,
    deprecated: { since: '2026-11-21', sunset: '2027-11-30', successor: '/v1/prds/stream/v2' },
    status: 200,
    response: null,
    alsoProduces: ['text/event-stream'],
    problems: [...write, ...keyed, 'run_active', 'too_many_runs'],
  },
  listTasks: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/tasks',
    summary: "List a project's tasks in board order",
    tag: 'tasks',
    query: tasksQuery,
    status: 200,
    response: page(taskResource),
    problems: read,
  },
  createTask: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/projects/{id}/tasks',
    summary: 'Put a card on the board, at the end of a column',
    tag: 'tasks',
    body: createTask,
    idempotent: true,
    etag: true,
    status: 201,
    response: taskResource,
    problems: [...write, ...keyed],
  },
  getTask: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/tasks/{id}',
    summary: 'Read a task',
    tag: 'tasks',
    etag: true,
    status: 200,
    response: taskResource,
    problems: read,
  },
  updateTask: {
    method: 'PATCH',
    needs: 'editor',
    path: '/v1/tasks/{id}',
    summary: 'Edit a card; what a person edits, no generator overwrites',
    tag: 'tasks',
    body: updateTask,
    ifMatch: 'required',
    status: 200,
    response: taskResource,
    problems: [...write, ...matched, 'precondition_required'],
  },
  deleteTask: {
    method: 'DELETE',
    needs: 'editor',
    path: '/v1/tasks/{id}',
    summary: 'Take a card off the board; it can be restored',
    tag: 'tasks',
    ifMatch: 'required',
    status: 204,
    response: null,
    problems: [...read, ...matched, 'precondition_required'],
  },
  moveTask: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/tasks/{id}/move',
    summary: 'Move a card to a column, and there between its neighbours',
    tag: 'tasks',
    body: moveTask,
    ifMatch: 'required',
    status: 200,
    response: taskResource,
    problems: [...write, ...matched, 'precondition_required'],
  },
  restoreTask: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/tasks/{id}/restore',
    summary: 'Bring back a card that was deleted or retired; one that is on the board stays as it is',
    tag: 'tasks',
    ifMatch: 'optional',
    status: 200,
    response: taskResource,
    problems: [...read, ...matched],
  },
  decideSuggestion: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/tasks/{id}/suggestion',
    summary: "Accept or dismiss what a newer task set offers beside a person's text",
    tag: 'tasks',
    body: decideSuggestion,
    ifMatch: 'optional',
    status: 200,
    response: taskResource,
    problems: [...write, ...matched, 'nothing_suggested'],
  },
  getColumns: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/columns',
    summary: "Read the columns of a project's board",
    tag: 'tasks',
    etag: true,
    status: 200,
    response: columnsResource,
    problems: read,
  },
  replaceColumns: {
    method: 'PUT',
    needs: 'editor',
    path: '/v1/projects/{id}/columns',
    summary: 'Give a project, or the whole workspace, other columns; a column that holds cards stays',
    tag: 'tasks',
    body: replaceColumns,
    ifMatch: 'optional',
    status: 200,
    response: columnsResource,
    problems: [...write, ...matched, 'column_in_use'],
  },
  createFeature: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/projects/{id}/features',
    summary: 'Ask for a feature: its spec and its cards are written in the background',
    tag: 'features',
    body: createFeature,
    idempotent: true,
    status: 202,
    response: featureAccepted,
    problems: [...write, ...keyed, 'too_many_runs'],
  },
  listFeatures: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/features',
    summary: "List a project's features, newest first, those that failed included",
    tag: 'features',
    query: featuresQuery,
    status: 200,
    response: page(featureResource),
    problems: read,
  },
  getFeature: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/features/{id}',
    summary: 'Read a feature',
    tag: 'features',
    etag: true,
    status: 200,
    response: featureResource,
    problems: read,
  },
  retryFeature: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/features/{id}/retry',
    summary:
      'Retry a feature that failed: a new run keeps what is written; or write a completed one anew whose texts are stale',
    tag: 'features',
    body: retryFeature,
    bodyOptional: true,
    idempotent: true,
    status: 202,
    response: featureAccepted,
    problems: [...write, ...keyed, 'run_active', 'nothing_to_retry', 'superseded', 'too_many_runs'],
  },
  cancelFeature: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/features/{id}/cancel',
    summary: 'Cancel a feature; asking again, or after its end, changes nothing and answers what is true',
    tag: 'features',
    idempotent: true,
    status: 202,
    response: featureResource,
    problems: [...read, ...keyed],
  },
  listBlueprints: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/blueprints',
    summary: 'List the kinds of documents there are, with their stages and sections',
    tag: 'blueprints',
    status: 200,
    response: page(blueprintResource),
    problems: ['unauthenticated'],
  },
  getCoverage: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/coverage',
    summary: 'Read which requirements of the active PRD have tasks, and which tasks have none',
    tag: 'tasks',
    status: 200,
    response: coverageReport,
    problems: read,
  },
  exportProject: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/projects/{id}/export',
    summary: 'Export a project as a file: Markdown, JSON bundle, DOCX, PDF, or CSV for Jira or Linear',
    tag: 'exports',
    query: exportQuery,
    etag: true,
    status: 200,
    response: planBundle,
    alsoProduces: [EXPORT_TYPES.md, EXPORT_TYPES.zip, EXPORT_TYPES.docx, EXPORT_TYPES.pdf, EXPORT_TYPES.csv],
    problems: [...read, 'prerequisite_missing'],
  },
  importProject: {
    method: 'POST',
    needs: 'editor',
    path: '/v1/projects/import',
    summary: 'Import a JSON bundle as a new project, whole or not at all; a body of at most 8 MiB',
    tag: 'exports',
    body: planBundle,
    maxBodyBytes: MAX_BUNDLE_BYTES,
    idempotent: true,
    status: 201,
    response: projectResource,
    problems: [...write, ...keyed],
  },
  getUsage: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/usage',
    summary: 'What the workspace used and spent, by provider and model, and what is left of its budget',
    tag: 'usage',
    query: usageQuery,
    status: 200,
    response: usageReport,
    problems: ['unauthenticated', 'invalid_request'],
  },
  listModels: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/models',
    summary: 'List the providers that runs can be asked for, the default one first',
    tag: 'usage',
    status: 200,
    response: page(modelResource),
    problems: ['unauthenticated'],
  },
  getLimits: {
    method: 'GET',
    needs: 'viewer',
    path: '/v1/limits',
    summary: "Read what the providers' limits leave at this moment, and which steps of the workspace wait",
    tag: 'usage',
    status: 200,
    response: limitsReport,
    problems: ['unauthenticated'],
  },
  createApiKey: {
    method: 'POST',
    needs: 'admin',
    path: '/v1/api-keys',
    summary: 'Make an API key; the answer is the only one that has the key itself',
    tag: 'access',
    body: createApiKey,
    status: 201,
    response: issuedApiKey,
    problems: write,
  },
  listApiKeys: {
    method: 'GET',
    needs: 'admin',
    path: '/v1/api-keys',
    summary: "List the workspace's API keys, newest first, those that were revoked included",
    tag: 'access',
    query: pageQuery,
    status: 200,
    response: page(apiKeyResource),
    problems: ['unauthenticated', 'invalid_request'],
  },
  getApiKey: {
    method: 'GET',
    needs: 'admin',
    path: '/v1/api-keys/{id}',
    summary: 'Read an API key, without the key itself',
    tag: 'access',
    status: 200,
    response: apiKeyResource,
    problems: read,
  },
  revokeApiKey: {
    method: 'DELETE',
    needs: 'admin',
    path: '/v1/api-keys/{id}',
    summary: 'Revoke an API key for ever; again changes nothing',
    tag: 'access',
    status: 204,
    response: null,
    problems: read,
  },
  rotateApiKey: {
    method: 'POST',
    needs: 'admin',
    path: '/v1/api-keys/{id}/rotate',
    summary: 'Give an API key a new secret; the one of before is good for a while, a day by default',
    tag: 'access',
    body: rotateApiKey,
    bodyOptional: true,
    status: 200,
    response: issuedApiKey,
    problems: [...write, 'not_rotatable'],
  },
  createTicket: {
    method: 'POST',
    needs: 'viewer',
    path: '/v1/realtime/tickets',
    summary: 'Get a ticket that lets one socket in, once, within a minute: for browsers, which send no headers there',
    tag: 'access',
    status: 201,
    response: ticketResource,
    problems: ['unauthenticated', 'unavailable'],
  },
  listAuditLog: {
    method: 'GET',
    needs: 'admin',
    path: '/v1/audit-log',
    summary: 'List who changed what in the workspace, newest first',
    tag: 'access',
    query: pageQuery,
    status: 200,
    response: page(auditEntry),
    problems: ['unauthenticated', 'invalid_request'],
  },
  ...WEBHOOK_ROUTES,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
