import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import type { DeliveryResource, ProjectEventBody, WebhookEvent } from '@planwright/contracts';
import { DEFAULT_WORKSPACE_ID, makeMessage } from '@planwright/contracts';
import { Database, migrate, WebhookDatabase, WebhookSecrets } from '@planwright/persistence';
import { createLogger, newId } from '@planwright/runtime';
import { testDatabase } from '@planwright/testing';
import type { FactSource } from '../src/ports.js';
import { localPolicy } from '../src/webhooks/addresses.js';
import type { WebhookSettings } from '../src/webhooks/settings.js';
import { WebhooksModule } from '../src/webhooks/webhooks.module.js';

class TestDatabase {}
class TestApp {}

/** Replicas of the webhooks module on one real database; the facts that reach them are told by the test. */
export async function openWebhookWorld() {
  const made = await testDatabase({ migrate: async (url) => void (await migrate(url)) });
  const database = new Database({ url: made.url, applicationName: 'webhooks.int.spec' });
  const confined = new WebhookDatabase({ url: made.url, applicationName: 'webhooks.int.spec' });
  await Promise.all([database.connect(), confined.connect()]);
  const listeners = new Set<Parameters<FactSource['subscribe']>[0]['handle']>();
  const broker: FactSource = {
    subscribe: async ({ handle }) => {
      listeners.add(handle);
      return { close: async () => void listeners.delete(handle) };
    },
  };
  const lines: string[] = [];
  const log = createLogger('notifier', 'trace', { write: (line: string) => void lines.push(line) });
  const apps = new Set<INestApplicationContext>();
  const projectId = newId();
  await database.transaction((tx) =>
    tx.projects.insert({
      ...{ id: projectId, workspaceId: DEFAULT_WORKSPACE_ID, name: 'Courts', idea: 'An app.', constraints: '' },
      ...{ preferred_provider: null, preferred_model: null },
    }),
  );
  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    database.transaction((tx) => tx.manager.query<T[]>(sql, parameters));
  return {
    database,
    query,
    projectId,
    /** Everything that was logged. */
    lines,
    async replica(
      settings: Partial<WebhookSettings> = {},
      secrets = new WebhookSecrets(),
    ): Promise<INestApplicationContext> {
      const providers = [{ provide: WebhookDatabase, useValue: confined }];
      const shared = { module: TestDatabase, global: true, providers, exports: [WebhookDatabase] };
      const own = { pollMs: 20, sweepMs: 50, drainMs: 50, leaseMs: 2_000, timeoutMs: 1_000, ...settings };
      const webhooks = WebhooksModule.register({ broker, log, policy: localPolicy(), settings: own, secrets });
      const module = { module: TestApp, imports: [shared, webhooks] };
      const app = await NestFactory.createApplicationContext(module, { logger: false });
      apps.add(app);
      return app;
    },
    async stop(app: INestApplicationContext): Promise<void> {
      apps.delete(app);
      await app.close();
    },
    async stopAll(): Promise<void> {
      await Promise.all([...apps].map((app) => app.close()));
      apps.clear();
    },
    async webhook(url: string, events: (WebhookEvent | '*')[] = ['*']) {
      const id = newId();
      const secret = randomBytes(32);
      const webhook = { url, events, description: '', id, workspaceId: DEFAULT_WORKSPACE_ID, secret };
      await database.transaction((tx) => tx.webhooks.insert(webhook));
      return { id, secret };
    },
    /** Stores events of cards, and answers what tells of each. */
    async happen(count: number, type: ProjectEventBody['type'] & `task.${string}` = 'task.moved') {
      const at = new Date().toISOString();
      const bodies = Array.from({ length: count }, (_, i): ProjectEventBody => ({
        ...{ type, run_id: null },
        task: {
          ...{ id: newId(), key: `T-${i}`, title: `Card ${i}`, status: 'todo', type: 'feature', priority: 'high' },
          ...{ origin: 'user', feature_id: null, updated_at: at, description: 'stays in the house' },
        },
      }));
      const stored = await database.transaction((tx) => tx.events.appendProject(projectId, bodies));
      return stored.map(({ n }) => {
        const envelope = { id: newId(), occurred_at: at, workspace_id: DEFAULT_WORKSPACE_ID };
        const nobody = { run_id: null, causation_id: null, traceparent: null };
        return makeMessage('project.changed', { project_id: projectId, n, type }, { ...envelope, ...nobody });
      });
    },
    /** Every replica hears of it. */
    async tell(messages: readonly ReturnType<typeof makeMessage>[]): Promise<void> {
      for (const message of messages) await Promise.all([...listeners].map((handle) => handle(message)));
    },
    async deliveries(webhookId: string): Promise<DeliveryResource[]> {
      return (await database.read.deliveries(DEFAULT_WORKSPACE_ID, webhookId, { limit: 100 })).items;
    },
    readWebhook: (id: string) => database.read.webhook(DEFAULT_WORKSPACE_ID, id),
    async close(): Promise<void> {
      await Promise.all([...apps].map((app) => app.close()));
      await Promise.all([confined.close(), database.close()]);
      await made.drop();
    },
  };
}
export type WebhookWorld = Awaited<ReturnType<typeof openWebhookWorld>>;
