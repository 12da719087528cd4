import type {
  CreateProject,
  DocumentResource,
  DocumentSummary,
  Page,
  ProjectResource,
  RunResource,
  RunSummary,
  StartRunRequest,
  TaskResource,
  UpdateProject,
  VersionResource,
  VersionSummary,
} from '@planwright/contracts';
import { followRun } from './follow.js';
import type { FollowOptions } from './follow.js';
import { Requester } from './request.js';
import type { ClientOptions } from './request.js';

/** A body as it is sent: fields with a default may be left out. */
export type NewProject = Pick<CreateProject, 'name' | 'idea'> & Partial<CreateProject>;

export interface PageOptions {
  /** 1 to 100; default 50. */
  limit?: number;
  cursor?: string;
}

/** Planwright's REST API and live feed, typed. Every method throws `PlanwrightError` when the server refuses. */
export function createClient(options: ClientOptions) {
  const requester = new Requester(options);
  const get = <T>(path: string, query: PageOptions = {}) => requester.json<T>('GET', path + queryOf(query));
  return {
    projects: {
      create: (body: NewProject) => requester.json<ProjectResource>('POST', '/v1/projects', { body }),
      list: (query?: PageOptions) => get<Page<ProjectResource>>('/v1/projects', query),
      get: (id: string) => get<ProjectResource>(`/v1/projects/${encodeURIComponent(id)}`),
      update: (id: string, body: UpdateProject) =>
        requester.json<ProjectResource>('PATCH', `/v1/projects/${encodeURIComponent(id)}`, { body }),
      delete: (id: string) => requester.json<void>('DELETE', `/v1/projects/${encodeURIComponent(id)}`),
    },
    runs: {
      start: (projectId: string, body: StartRunRequest = {}) =>
        requester.json<RunResource>('POST', `/v1/projects/${encodeURIComponent(projectId)}/runs`, { body }),
      list: (projectId: string, query?: PageOptions) =>
        get<Page<RunSummary>>(`/v1/projects/${encodeURIComponent(projectId)}/runs`, query),
      get: (id: string) => get<RunResource>(`/v1/runs/${encodeURIComponent(id)}`),
      cancel: (id: string) => requester.json<RunResource>('POST', `/v1/runs/${encodeURIComponent(id)}/cancel`),
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
  };
}
export type Client = ReturnType<typeof createClient>;

function queryOf({ limit, cursor }: PageOptions): string {
  const query = new URLSearchParams();
  if (limit !== undefined) query.set('limit', String(limit));
  if (cursor !== undefined) query.set('cursor', cursor);
  return query.size === 0 ? '' : `?${query.toString()}`;
}
