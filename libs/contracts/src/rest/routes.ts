import { z } from 'zod';
import type { ProblemCode } from '../problems.js';
import { uuid } from '../ids.js';
import { documentResource, documentSummary, versionResource, versionSummary } from './documents.js';
import { eventsPage, eventsQuery } from './events.js';
import { page, pageQuery } from './lists.js';
import { createProject, projectResource, updateProject } from './projects.js';
import { runEstimate } from './estimates.js';
import { retryRun, runResource, runSummary, startRun } from './runs.js';
import { taskResource } from './tasks.js';
import { usageQuery, usageReport } from './usage.js';

/** One REST route: what it takes and gives. The gateway's controllers and the OpenAPI file are checked against this. */
export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path under the origin, parameters in braces. */
  path: string;
  summary: string;
  tag: string;
  body?: z.ZodType;
  /** True where every field has a default, so that no body at all is fine. */
  bodyOptional?: true;
  /** True where an `Idempotency-Key` is taken. */
  idempotent?: true;
  query?: z.ZodType;
  /** Success status and body; null for an empty one. */
  status: number;
  response: z.ZodType | null;
  /** Body of the 200 to a request with `dry_run`, which changes nothing. */
  dryRun?: z.ZodType;
  /** Other content types of the success answer. */
  alsoProduces?: readonly string[];
  problems: readonly ProblemCode[];
}

const id = z.object({ id: uuid });
/** Path parameters are ids everywhere. */
export const idParam = id;

const read: ProblemCode[] = ['unauthenticated', 'invalid_request', 'not_found'];
const write: ProblemCode[] = [...read, 'malformed_json', 'payload_too_large', 'unsupported_media_type'];
const keyed: ProblemCode[] = ['idempotency_key_reused'];

export const ROUTES = {
  createProject: {
    method: 'POST',
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
    path: '/v1/projects',
    summary: 'List projects, newest first',
    tag: 'projects',
    query: pageQuery,
    status: 200,
    response: page(projectResource),
    problems: read,
  },
  getProject: {
    method: 'GET',
    path: '/v1/projects/{id}',
    summary: 'Read a project',
    tag: 'projects',
    status: 200,
    response: projectResource,
    problems: read,
  },
  updateProject: {
    method: 'PATCH',
    path: '/v1/projects/{id}',
    summary: 'Change a project; runs that are under way keep what they started with',
    tag: 'projects',
    body: updateProject,
    status: 200,
    response: projectResource,
    problems: write,
  },
  deleteProject: {
    method: 'DELETE',
    path: '/v1/projects/{id}',
    summary: 'Delete a project; its active runs are cancelled first',
    tag: 'projects',
    status: 204,
    response: null,
    problems: read,
  },
  startRun: {
    method: 'POST',
    path: '/v1/projects/{id}/runs',
    summary: 'Start a run: PRD, tech spec and task set as a chain, or some of them',
    tag: 'runs',
    body: startRun,
    bodyOptional: true,
    idempotent: true,
    status: 202,
    response: runResource,
    dryRun: runEstimate,
    problems: [...write, ...keyed, 'run_active', 'prerequisite_missing', 'too_many_runs'],
  },
  listRuns: {
    method: 'GET',
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
    path: '/v1/runs/{id}',
    summary: 'Read a run with its steps, the text being written and where to go on listening',
    tag: 'runs',
    status: 200,
    response: runResource,
    problems: read,
  },
  cancelRun: {
    method: 'POST',
    path: '/v1/runs/{id}/cancel',
    summary: 'Cancel a run; asking again, or after its end, changes nothing and answers what is true',
    tag: 'runs',
    idempotent: true,
    status: 202,
    response: runResource,
    problems: [...read, ...keyed],
  },
  retryRun: {
    method: 'POST',
    path: '/v1/runs/{id}/retry',
    summary: 'Retry a run that did not finish: a new run keeps what is written and goes on with the rest',
    tag: 'runs',
    body: retryRun,
    bodyOptional: true,
    idempotent: true,
    status: 202,
    response: runResource,
    problems: [...write, ...keyed, 'run_active', 'nothing_to_retry', 'superseded', 'too_many_runs'],
  },
  runEvents: {
    method: 'GET',
    path: '/v1/runs/{id}/events',
    summary: 'Follow a run: a page of live events as JSON, or server-sent events with `Accept: text/event-stream`',
    tag: 'runs',
    query: eventsQuery,
    status: 200,
    response: eventsPage,
    alsoProduces: ['text/event-stream'],
    problems: read,
  },
  listDocuments: {
    method: 'GET',
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
    path: '/v1/documents/{id}',
    summary: 'Read a document with its active version',
    tag: 'documents',
    status: 200,
    response: documentResource,
    problems: read,
  },
  listVersions: {
    method: 'GET',
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
    path: '/v1/versions/{id}',
    summary: 'Read a version with its sections',
    tag: 'documents',
    status: 200,
    response: versionResource,
    problems: read,
  },
  listTasks: {
    method: 'GET',
    path: '/v1/projects/{id}/tasks',
    summary: "List a project's tasks in board order",
    tag: 'tasks',
    query: pageQuery,
    status: 200,
    response: page(taskResource),
    problems: read,
  },
  getTask: {
    method: 'GET',
    path: '/v1/tasks/{id}',
    summary: 'Read a task',
    tag: 'tasks',
    status: 200,
    response: taskResource,
    problems: read,
  },
  getUsage: {
    method: 'GET',
    path: '/v1/usage',
    summary: 'What the workspace used and spent, by provider and model, and what is left of its budget',
    tag: 'usage',
    query: usageQuery,
    status: 200,
    response: usageReport,
    problems: ['unauthenticated', 'invalid_request'],
  },
} as const satisfies Record<string, Route>;
