import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AnyMessage } from '@planwright/contracts';
import { createInProcessLive, createInProcessTickets } from '@planwright/live';
import type { LiveLog } from '@planwright/live';
import { Database, migrate, WorkspaceDatabase } from '@planwright/persistence';
import { decideAll } from '@planwright/plan';
import type { RunEvent, RunState } from '@planwright/plan';
import { loadCatalogue } from '@planwright/prompts';
import { createLogger, HealthRegistry, systemClock } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import { GatewayModule } from '../src/gateway.module.js';
import type { GatewayParts } from '../src/gateway.module.js';
import { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from '../src/http/server.js';

class TestApp {}
class TestDatabase {}

const catalogue = loadCatalogue();
const log = createLogger('gateway', 'silent');

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  body: Record<string, unknown> & { id?: string };
}

/** Gateways over one database, one live log and a broker that only notes what it gets. */
export interface Gateways {
  database: Database;
  /** The gateways' own, under row-level security. */
  confined: Database;
  /** As the gateways' own, without row-level security. */
  unconfined: Database;
  live: LiveLog;
  sent: AnyMessage[];
  /** Routes of the gateways started so far, as `GET /v1/projects/:id`. */
  routes: string[];
  /** `on`: what it sees; by default the database under row-level security. */
  start(
    parts?: Partial<GatewayParts>,
    http?: { origins?: readonly string[]; on?: Database },
  ): Promise<NestFastifyApplication>;
  close(): Promise<void>;
}

/** `applicationName`: of the gateways' connections. */
export async function openGateways({ applicationName = 'gateway.int.spec' } = {}): Promise<Gateways> {
  const made = await testDatabase({ migrate: async (url) => void (await migrate(url)) });
  const database = new Database({ url: made.url, applicationName: 'gateway.int.spec' });
  await database.connect();
  const confined = new WorkspaceDatabase({ url: made.url, applicationName });
  const unconfined = new Database({ url: made.url, applicationName, poolSize: 2 });
  await Promise.all([confined.connect(), unconfined.connect()]);
  const live = createInProcessLive();
  const sent: AnyMessage[] = [];
  const routes: string[] = [];
  const apps: NestFastifyApplication[] = [];
  return {
    database,
    confined,
    unconfined,
    live,
    sent,
    routes,
    start: async (parts = {}, { on = confined, ...http } = {}) => {
      const auth = parts.auth ?? 'off';
      const gateway = GatewayModule.register({
        broker: { publish: async (messages: AnyMessage[]) => void sent.push(...messages) },
        live,
        catalogue,
        offer: [{ provider: 'offline', defaultModel: 'offline-writer' }],
        auth,
        tickets: createInProcessTickets(),
        health: new HealthRegistry(),
        clock: systemClock,
        log,
        ...parts,
      });
      const providers = [{ provide: WorkspaceDatabase, useValue: on }];
      const shared = { module: TestDatabase, global: true, providers, exports: [WorkspaceDatabase] };
      const options = { ...HTTP_APP_OPTIONS, logger: false as const };
      const module = { module: TestApp, imports: [shared, gateway] };
      const app = await NestFactory.create<NestFastifyApplication>(module, createHttpAdapter(), options);
      apps.push(app);
      const fastify = app.getHttpAdapter().getInstance();
      fastify.addHook('onRoute', ({ method, path }) => {
        for (const one of [method].flat()) if (one !== 'HEAD' && one !== 'OPTIONS') routes.push(`${one} ${path}`);
      });
      prepareHttp(app, { auth, log: parts.log ?? log, ...http });
      await app.init();
      await fastify.ready();
      return app;
    },
    close: async () => {
      for (const app of apps) await app.close();
      await live.close();
      await Promise.all([confined.close(), unconfined.close()]);
      await database.close();
      await made.drop();
    },
  };
}

export async function send(
  to: NestFastifyApplication,
  method: string,
  url: string,
  payload?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const raw = typeof payload === 'string' || payload instanceof Buffer;
  const response = await to.inject({
    method: method as 'GET',
    url,
    headers: { ...(raw && { 'content-type': 'application/json' }), ...headers },
    ...(payload !== undefined && { payload: payload as string }),
  });
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: response.body ? response.json() : {},
  };
}

export const idOf = ({ body }: Answer): string => body.id ?? '';

/** How many rows each table has that a request can write to. */
export function countRows(database: Database): Promise<{ name: string; n: number }[]> {
  const tables = ['projects', 'runs', 'run_scopes', 'documents', 'document_versions', 'sections', 'steps', 'outbox'];
  const sql = [...tables, 'idempotency_keys']
    .map((table) => `SELECT '${table}' AS name, count(*)::int AS n FROM ${table}`)
    .join(' UNION ALL ');
  return query(database, sql);
}

/** Past the library, for what it has no word for. */
export function query<T>(database: Database, sql: string, parameters: unknown[] = []): Promise<T[]> {
  return database.transaction((tx) => tx.manager.query<T[]>(sql, parameters));
}

/** What an orchestrator does with one event, and the runs that may start because of it. */
export function advance(database: Database, runId: string, event: RunEvent, content?: string) {
  return database.transaction(async (tx) => {
    const run = await tx.runs.lock(runId);
    if (!run) throw new Error(`no run ${runId}`);
    const { effects, state } = decideAll(run.state, event);
    const changes = effects.filter(({ type }) => type !== 'ignored');
    const result = 'stepId' in event && content ? { stepId: event.stepId, content } : undefined;
    await tx.runs.save(run, { changes: [{ effects: changes, result }] });
    const ended = changes.some(({ type }) => type === 'run_ended');
    return { state, effects, promoted: ended ? await tx.runs.promoteWaiting(run.projectId) : [] };
  });
}

/**
 * Writes every section of a run with the text `write` gives it; where that is null the section fails. `until`: stops
 * before this section.
 */
export async function writeRun(
  database: Database,
  runId: string,
  write: (sectionId: string) => string | null,
  until?: string,
): Promise<{ state: RunState; promoted: readonly { runId: string }[] }> {
  let now = await advance(database, runId, { type: 'run_started', at: Date.now() });
  for (;;) {
    const open = now.state.documents
      .flatMap(({ steps }) => steps)
      .find(({ status, attempt }) => status === 'queued' && attempt > 0);
    if (!open || open.sectionId === until) return now;
    const fence = { stepId: open.stepId, attempt: open.attempt, at: Date.now() };
    const content = write(open.sectionId);
    const failure = { code: 'content_filtered', detail: 'No', resets_at: null } as const;
    now =
      content === null
        ? await advance(database, runId, { type: 'step_failed', ...fence, failure, jitter: 0 })
        : await advance(database, runId, { type: 'step_generated', ...fence }, content);
  }
}
