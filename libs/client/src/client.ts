import type {
  CreateProject,
  DocumentResource,
  DocumentSummary,
  Page,
  ProjectResource,
  RetryRunRequest,
  RunEstimate,
  RunResource,
  RunSummary,
  StartRunRequest,
  TaskResource,
  UpdateProject,
  UsageQuery,
  UsageReport,
  VersionResource,
  VersionSummary,
} from '@planwright/contracts';
import { followRun } from './follow.js';
import type { FollowOptions } from './follow.js';
import { Requester } from './request.js';
import type { ClientOptions } from './request.js';

/** A body as it is sent: fields with a default may be left out. */
export type NewProject = Pick<CreateProject, 'name' | 'idea'> & Partial<CreateProject>;

/** A run that is asked for. `dry_run` is not said here: `runs.start` starts it, `runs.preview` does not. */
export type NewRun = Omit<StartRunRequest, 'dry_run'>;

export interface PageOptions {
  /** 1 to 100; default 50. */
  limit?: number;
  cursor?: string;
}

export interface ChangeOptions {
  /**
   * Names this change, 1 to 255 visible ASCII characters: a UUID you have just made, say. Sent again within 24 hours with
   * the same body it answers what the first request was answered, and changes nothing. So a request whose answer was lost
   * can be sent again.
   */
  idempotencyKey?: string | undefined;
}

/** Planwright's REST API and live feed, typed. Every method throws `PlanwrightError` when the server refuses. */
export function createClient(options: ClientOptions) {
  const requester = new Requester(options);
  const get = <T>(path: string, query: Query = {}) => requester.json<T>('GET', path + queryOf(query));
  const post = <T>(path: string, body: unknown, { idempotencyKey }: ChangeOptions = {}) =>
    requester.json<T>('POST', path, { body, idempotencyKey });
  return {
    projects: {
      create: (body: NewProject, change?: ChangeOptions) => post<ProjectResource>('/v1/projects', body, change),
      list: (query?: PageOptions) => get<Page<ProjectResource>>('/v1/projects', query),
      get: (id: string) => get<ProjectResource>(`/v1/projects/${encodeURIComponent(id)}`),
      update: (id: string, body: UpdateProject) =>
        requester.json<ProjectResource>('PATCH', `/v1/projects/${encodeURIComponent(id)}`, { body }),
      delete: (id: string) => requester.json<void>('DELETE', `/v1/projects/${encodeURIComponent(id)}`),
    },
    runs: {
      /**
       * Where another run writes one of the documents, `on_conflict` says what happens; by default it is refused as
       * `run_active` with that `run_id`.
       */
      start: (projectId: string, body: NewRun = {}, change?: ChangeOptions) =>
        post<RunResource>(`/v1/projects/${encodeURIComponent(projectId)}/runs`, body, change),
      /**
       * What the run would write, and about what it would take and cost: nothing is started or kept. It is refused for the
       * reasons `start` would be refused for.
       */
      preview: (projectId: string, body: NewRun = {}) =>
        post<RunEstimate>(`/v1/projects/${encodeURIComponent(projectId)}/runs`, { ...body, dry_run: true }),
      list: (projectId: string, query?: PageOptions) =>
        get<Page<RunSummary>>(`/v1/projects/${encodeURIComponent(projectId)}/runs`, query),
      get: (id: string) => get<RunResource>(`/v1/runs/${encodeURIComponent(id)}`),
      /** Answers the run as it is with the wish stored; follow it to see it end. */
      cancel: (id: string, change?: ChangeOptions) =>
        post<RunResource>(`/v1/runs/${encodeURIComponent(id)}/cancel`, undefined, change),
      /** A new run that keeps what an ended one has finished, writes the rest and lets the chain go on. */
      retry: (id: string, body: RetryRunRequest = {}, change?: ChangeOptions) =>
        post<RunResource>(`/v1/runs/${encodeURIComponent(id)}/retry`, body, change),
      /** Ordered, gap-free events of a run until its end, through lost connections. */
      follow: (id: string, follow?: FollowOptions) => followRun(requester, id, follow),
    },
    documents: {
      list: (projectId: string, query?: PageOptions) =>
        get<Page<DocumentSummary>>(`/v1/projects/${encodeURIComponent(projectId)}/documents`, query),
      get: (id: string) => get<DocumentResource>(`/v1/documents/${encodeURIComponent(id)}`),
      versions: (id: string, query?: PageOptions) =>
        get<Page<VersionSummary>>(`/v1/documents/${encodeURIComponent(id)}/versions`, query),
    },
    versions: { get: (id: string) => get<VersionResource>(`/v1/versions/${encodeURIComponent(id)}`) },
    tasks: {
      list: (projectId: string, query?: PageOptions) =>
        get<Page<TaskResource>>(`/v1/projects/${encodeURIComponent(projectId)}/tasks`, query),
      get: (id: string) => get<TaskResource>(`/v1/tasks/${encodeURIComponent(id)}`),
    },
    usage: {
      /**
       * What the workspace used from one instant (with it) to another (without it); a day stands for its first instant, UTC.
       * `to` is the end of this calendar month unless given, `from` the beginning of the month that `to` ends in. The
       * budget is this month's, whatever is asked for.
       */
      get: (query?: UsageQuery) => get<UsageReport>('/v1/usage', query),
    },
  };
}
export type Client = ReturnType<typeof createClient>;

type Query = Partial<Record<'limit' | 'cursor' | 'from' | 'to', string | number | undefined>>;

function queryOf(given: Query): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
