import type { ProjectEvent, FeatureEvent, RunEvent } from './events.js';
import type { Followed, FollowOptions } from './follow.js';
import { followChannel } from './follow.js';
import { Requester } from './request.js';
import type { CallOptions, ClientOptions, RequestOptions } from './request.js';
import { RunFollower } from './run-follower.js';
import type { RunState, StateOptions } from './run-follower.js';
import { newKey } from './sha256.js';
import type { Answer, Body, Operation, Query, RunEstimate, Task } from './types.js';

/** A run that is asked for: `runs.start` starts it, `runs.preview` does not. */
export type NewRun = Body<'startRun'>;

export interface ChangeOptions extends CallOptions {
  /**
   * Names this change, 1 to 255 visible ASCII characters. Sent again within 24 hours with the same body it answers what
   * the first request was answered, and changes nothing. Default: a new one for each call, kept when the client sends the
   * request again by itself.
   */
  idempotencyKey?: string | undefined;
}

export interface SectionOptions extends ChangeOptions {
  /** Waits so long for the section to be finished, in seconds. Default: answers at once. */
  waitSeconds?: number | undefined;
}

/**
 * Which card is changed: the card as it was read, or its id for whatever state it is in. A card that has changed since it
 * was read is left as it is, and `ChangedError` has it as it is now.
 */
export type TaskRef = string | Pick<Task, 'id' | 'updated_at'>;

/** Planwright's REST API and live feed, typed. Every method throws `PlanwrightError` when the server refuses. */
export function createClient(options: ClientOptions) {
  const requester = new Requester(options);
  const send = <Name extends Operation>(method: string, path: string, request?: RequestOptions) =>
    requester.json<Answer<Name>>(method, path, request);
  const get = <Name extends Operation>(path: string, query: object = {}, call?: CallOptions) =>
    send<Name>('GET', path + queryOf(query), call);
  /** A change that is made once, however often it is sent. */
  const post = <Name extends Operation>(path: string, body?: unknown, change: RequestOptions = {}) =>
    send<Name>('POST', path, { ...change, body, idempotencyKey: change.idempotencyKey ?? newKey() });
  const preview = (path: string, body: object, call?: CallOptions) =>
    requester.json<RunEstimate>('POST', path, { ...call, body: { ...body, dry_run: true } });
  /** A change of a card as it was read. */
  const ofCard = <Name extends Operation>(
    method: string,
    task: TaskRef,
    rest: string,
    body?: unknown,
    call?: CallOptions,
  ) => send<Name>(method, at`/v1/tasks/${idOf(task)}` + rest, { ...call, body, headers: { 'if-match': etagOf(task) } });
  const follow = <Event extends RunEvent | ProjectEvent | FeatureEvent>(channel: string, given?: Following) =>
    followChannel<Event>(requester, channel, given);

  const client = {
    projects: {
      create: (body: Body<'createProject'>, change?: ChangeOptions) =>
        post<'createProject'>('/v1/projects', body, change),
      list: (query?: Query<'listProjects'>, call?: CallOptions) => get<'listProjects'>('/v1/projects', query, call),
      get: (id: string, call?: CallOptions) => get<'getProject'>(at`/v1/projects/${id}`, {}, call),
      update: (id: string, body: Body<'updateProject'>, call?: CallOptions) =>
        send<'updateProject'>('PATCH', at`/v1/projects/${id}`, { ...call, body }),
      delete: (id: string, call?: CallOptions) => send<'deleteProject'>('DELETE', at`/v1/projects/${id}`, call),
      events: (id: string, query?: Query<'projectEvents'>, call?: CallOptions) =>
        get<'projectEvents'>(at`/v1/projects/${id}/events`, query, call),
      /** Cards and runs of a project as they change, until the signal; `now`: none of what was before. */
      follow: (id: string, given?: Following): AsyncGenerator<Followed<ProjectEvent>> => follow(`project.${id}`, given),
      /** The project as a file. */
      export: (id: string, query: Query<'exportProject'>, call?: CallOptions): Promise<Blob> =>
        requester.file('GET', at`/v1/projects/${id}/export` + queryOf(query), call),
      /** What `format: 'json'` exported, as a new project. */
      import: (bundle: Body<'importProject'>, change?: ChangeOptions) =>
        post<'importProject'>('/v1/projects/import', bundle, change),
    },
    runs: {
      /**
       * Where another run writes one of the documents, `on_conflict` says what happens; by default it is refused as
       * `run_active` with that `run_id`.
       */
      start: (projectId: string, body: NewRun = {}, change?: ChangeOptions) =>
        post<'startRun'>(at`/v1/projects/${projectId}/runs`, body, change),
      /**
       * What the run would write, and about what it would take and cost: nothing is started or kept. It is refused for the
       * reasons `start` would be refused for.
       */
      preview: (projectId: string, body: NewRun = {}, call?: CallOptions) =>
        preview(at`/v1/projects/${projectId}/runs`, body, call),
      list: (projectId: string, query?: Query<'listRuns'>, call?: CallOptions) =>
        get<'listRuns'>(at`/v1/projects/${projectId}/runs`, query, call),
      get: (id: string, call?: CallOptions) => get<'getRun'>(at`/v1/runs/${id}`, {}, call),
      /** Answers the run as it is with the wish stored; follow it to see it end. */
      cancel: (id: string, change?: ChangeOptions) => post<'cancelRun'>(at`/v1/runs/${id}/cancel`, undefined, change),
      /** A new run that keeps what an ended one has finished, writes the rest and lets the chain go on. */
      retry: (id: string, body: Body<'retryRun'> = {}, change?: ChangeOptions) =>
        post<'retryRun'>(at`/v1/runs/${id}/retry`, body, change),
      /** One page of a run's events. `follow` is made of such pages where nothing better gets through. */
      events: (id: string, query?: Query<'runEvents'>, call?: CallOptions) =>
        get<'runEvents'>(at`/v1/runs/${id}/events`, query, call),
      /** Ordered, gap-free events of a run until its end, through lost connections. */
      follow: (id: string, given?: FollowOptions): AsyncGenerator<Followed> => follow<RunEvent>(`run.${id}`, given),
      /** The run as it is, again and again as it changes, until its end. Whoever is slow gets the newest state next. */
      state: (id: string, given?: StateOptions): AsyncGenerator<RunState> =>
        new RunFollower(client, id, given).states(),
    },
    documents: {
      list: (projectId: string, query?: Query<'listDocuments'>, call?: CallOptions) =>
        get<'listDocuments'>(at`/v1/projects/${projectId}/documents`, query, call),
      get: (id: string, call?: CallOptions) => get<'getDocument'>(at`/v1/documents/${id}`, {}, call),
      versions: (id: string, query?: Query<'listVersions'>, call?: CallOptions) =>
        get<'listVersions'>(at`/v1/documents/${id}/versions`, query, call),
      /** Puts it aside; its versions stay, and a new one brings it back. */
      archive: (id: string, change?: ChangeOptions) =>
        post<'archiveDocument'>(at`/v1/documents/${id}/archive`, undefined, change),
    },
    sections: {
      /** Writes one section of a PRD anew; with `waitSeconds` (up to 60) it answers the finished section if it can. */
      regenerate: (
        prdId: string,
        sectionId: string,
        body: Body<'regenerateSection'> = {},
        { waitSeconds, ...change }: SectionOptions = {},
      ) =>
        post<'regenerateSection'>(at`/v1/prds/${prdId}/sections/${sectionId}/regenerate`, body, {
          ...(waitSeconds !== undefined && {
            headers: { prefer: `wait=${waitSeconds}` },
            timeoutMs: waitSeconds * 1000 + 30_000,
          }),
          ...change,
        }),
      /** What that would write and take; nothing is started. */
      preview: (prdId: string, sectionId: string, body: Body<'regenerateSection'> = {}, call?: CallOptions) =>
        preview(at`/v1/prds/${prdId}/sections/${sectionId}/regenerate`, body, call),
    },
    versions: {
      get: (id: string, call?: CallOptions) => get<'getVersion'>(at`/v1/versions/${id}`, {}, call),
      /** Words that differ, section by section, from `id` to `other`. */
      diff: (id: string, other: string, call?: CallOptions) =>
        get<'diffVersions'>(at`/v1/versions/${id}/diff/${other}`, {}, call),
      /** Makes it the version readers get. */
      activate: (id: string, change?: ChangeOptions) =>
        post<'activateVersion'>(at`/v1/versions/${id}/activate`, undefined, change),
    },
    tasks: {
      list: (projectId: string, query?: Query<'listTasks'>, call?: CallOptions) =>
        get<'listTasks'>(at`/v1/projects/${projectId}/tasks`, query, call),
      get: (id: string, call?: CallOptions) => get<'getTask'>(at`/v1/tasks/${id}`, {}, call),
      create: (projectId: string, body: Body<'createTask'>, change?: ChangeOptions) =>
        post<'createTask'>(at`/v1/projects/${projectId}/tasks`, body, change),
      update: (task: TaskRef, body: Body<'updateTask'>, call?: CallOptions) =>
        ofCard<'updateTask'>('PATCH', task, '', body, call),
      /** To a column, and there beside `before` and `after`; without them to its end. */
      move: (task: TaskRef, body: Body<'moveTask'>, call?: CallOptions) =>
        ofCard<'moveTask'>('POST', task, '/move', body, call),
      delete: (task: TaskRef, call?: CallOptions) => ofCard<'deleteTask'>('DELETE', task, '', undefined, call),
      restore: (task: TaskRef, call?: CallOptions) => ofCard<'restoreTask'>('POST', task, '/restore', undefined, call),
      /** Accepts or dismisses what a newer task set offers beside a person's text. */
      suggestion: (task: TaskRef, body: Body<'decideSuggestion'>, call?: CallOptions) =>
        ofCard<'decideSuggestion'>('POST', task, '/suggestion', body, call),
    },
    columns: {
      get: (projectId: string, call?: CallOptions) =>
        get<'getColumns'>(at`/v1/projects/${projectId}/columns`, {}, call),
      replace: (projectId: string, body: Body<'replaceColumns'>, call?: CallOptions) =>
        send<'replaceColumns'>('PUT', at`/v1/projects/${projectId}/columns`, { ...call, body }),
    },
    coverage: {
      /** Which requirements of a project's active PRD have tasks, and which tasks have none. */
      get: (projectId: string, call?: CallOptions) =>
        get<'getCoverage'>(at`/v1/projects/${projectId}/coverage`, {}, call),
    },
    features: {
      /** Answered at once; the spec and the cards are written in the background. `follow` tells of it. */
      create: (projectId: string, body: Body<'createFeature'>, change?: ChangeOptions) =>
        post<'createFeature'>(at`/v1/projects/${projectId}/features`, body, change),
      list: (projectId: string, query?: Query<'listFeatures'>, call?: CallOptions) =>
        get<'listFeatures'>(at`/v1/projects/${projectId}/features`, query, call),
      get: (id: string, call?: CallOptions) => get<'getFeature'>(at`/v1/features/${id}`, {}, call),
      /** Of one that failed: a new run keeps what is written and goes on with the rest. */
      retry: (id: string, body: Body<'retryFeature'> = {}, change?: ChangeOptions) =>
        post<'retryFeature'>(at`/v1/features/${id}/retry`, body, change),
      /** Answers the feature as it is with the wish stored; it then fails, and says that it was cancelled. */
      cancel: (id: string, change?: ChangeOptions) =>
        post<'cancelFeature'>(at`/v1/features/${id}/cancel`, undefined, change),
      events: (projectId: string, query?: Query<'featureEvents'>, call?: CallOptions) =>
        get<'featureEvents'>(at`/v1/projects/${projectId}/features/events`, query, call),
      /** What becomes of a project's features, until the signal; `now`: none of what was before. */
      follow: (projectId: string, given?: Following): AsyncGenerator<Followed<FeatureEvent>> =>
        follow(`project.${projectId}.features`, given),
    },
    blueprints: {
      /** The kinds of documents there are; those with `in_plans` can be named in `documents` of a run. */
      list: (call?: CallOptions) => get<'listBlueprints'>('/v1/blueprints', {}, call),
    },
    models: {
      /** Who can write, the default first. */
      list: (call?: CallOptions) => get<'listModels'>('/v1/models', {}, call),
    },
    limits: {
      /** What providers' limits leave at this moment, and which steps of the workspace wait for them. */
      get: (call?: CallOptions) => get<'getLimits'>('/v1/limits', {}, call),
    },
    usage: {
      /**
       * What the workspace used from one instant (with it) to another (without it); a day stands for its first instant, UTC.
       * `to` is the end of this calendar month unless given, `from` the beginning of the month that `to` ends in. The
       * budget is this month's, whatever is asked for.
       */
      get: (query?: Query<'getUsage'>, call?: CallOptions) => get<'getUsage'>('/v1/usage', query, call),
    },
    webhooks: {
      /** The answer shows the secret, once. */
      create: (body: Body<'createWebhook'>, call?: CallOptions) =>
        send<'createWebhook'>('POST', '/v1/webhooks', { ...call, body }),
      list: (query?: Query<'listWebhooks'>, call?: CallOptions) => get<'listWebhooks'>('/v1/webhooks', query, call),
      get: (id: string, call?: CallOptions) => get<'getWebhook'>(at`/v1/webhooks/${id}`, {}, call),
      update: (id: string, body: Body<'updateWebhook'>, call?: CallOptions) =>
        send<'updateWebhook'>('PATCH', at`/v1/webhooks/${id}`, { ...call, body }),
      delete: (id: string, call?: CallOptions) => send<'deleteWebhook'>('DELETE', at`/v1/webhooks/${id}`, call),
      /** A new secret, shown once; the one before signs on for a day. */
      rotateSecret: (id: string, call?: CallOptions) =>
        send<'rotateWebhookSecret'>('POST', at`/v1/webhooks/${id}/rotate-secret`, call),
      test: (id: string, change?: ChangeOptions) => post<'testWebhook'>(at`/v1/webhooks/${id}/test`, undefined, change),
      deliveries: (id: string, query?: Query<'listDeliveries'>, call?: CallOptions) =>
        get<'listDeliveries'>(at`/v1/webhooks/${id}/deliveries`, query, call),
      replay: (id: string, deliveryId: string, change?: ChangeOptions) =>
        post<'replayDelivery'>(at`/v1/webhooks/${id}/deliveries/${deliveryId}/replay`, undefined, change),
    },
    apiKeys: {
      /** The answer shows the key, once. */
      create: (body: Body<'createApiKey'>, call?: CallOptions) =>
        send<'createApiKey'>('POST', '/v1/api-keys', { ...call, body }),
      list: (query?: Query<'listApiKeys'>, call?: CallOptions) => get<'listApiKeys'>('/v1/api-keys', query, call),
      get: (id: string, call?: CallOptions) => get<'getApiKey'>(at`/v1/api-keys/${id}`, {}, call),
      revoke: (id: string, call?: CallOptions) => send<'revokeApiKey'>('DELETE', at`/v1/api-keys/${id}`, call),
      /** A new key, shown once; the one before is good for `grace_seconds`, a day by default. */
      rotate: (id: string, body: Body<'rotateApiKey'> = {}, call?: CallOptions) =>
        send<'rotateApiKey'>('POST', at`/v1/api-keys/${id}/rotate`, { ...call, body }),
    },
    auditLog: {
      list: (query?: Query<'listAuditLog'>, call?: CallOptions) => get<'listAuditLog'>('/v1/audit-log', query, call),
    },
    realtime: {
      /** Lets one socket in, once, within a minute. `follow` asks for one itself where it needs it. */
      ticket: (call?: CallOptions) => send<'createTicket'>('POST', '/v1/realtime/tickets', call),
    },
  };
  return client;
}
export type Client = ReturnType<typeof createClient>;

/** As for a run; `from: 'now'` leaves out what was before. */
export type Following = Omit<FollowOptions, 'from'> & { from?: FollowOptions['from'] | 'now' };

/** A list to its end, page after page: `for await (const task of everyOf((page) => client.tasks.list(id, page)))`. */
export async function* everyOf<Item>(
  list: (page: { limit: number; cursor?: string }) => Promise<{ items: Item[]; next_cursor: string | null }>,
): AsyncGenerator<Item> {
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await list({ limit: 100, ...(cursor !== undefined && { cursor }) });
    yield* page.items;
    cursor = page.next_cursor;
  }
}

/** A path whose ids stay inside their place. */
const at = (parts: TemplateStringsArray, ...ids: string[]) =>
  String.raw({ raw: parts }, ...ids.map(encodeURIComponent));

const idOf = (task: TaskRef) => (typeof task === 'string' ? task : task.id);
const etagOf = (task: TaskRef) => (typeof task === 'string' ? '*' : `"${task.updated_at}"`);

function queryOf(given: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}
