import 'reflect-metadata';
import { createRedisLive, createRedisTickets } from '@planwright/live';
import { createRabbitBroker } from '@planwright/messaging';
import { checkDatabase, PersistenceModule, WebhookSecrets, WorkspaceDatabase } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import {
  authMode,
  createLogger,
  createTokenVerifier,
  HealthRegistry,
  jwtSettings,
  onShutdown,
  readConfig,
  runMain,
  warnUnsealed,
} from '@planwright/runtime';
import { configSchema } from './config.js';
import { databasePorts } from './notifier.module.js';
import { createServer } from './server.js';
import { DEFAULT_SETTINGS } from './settings.js';
import { addressPolicy } from './webhooks/config.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** A notifier sees one workspace at a time, and of all what its webhooks are made of. */
const ROLES = ['planwright_app', 'planwright_webhooks'] as const;

/** Connections the kernel holds until they are accepted; beyond it a client's next try is a second later. */
const BACKLOG = 4_096;

await runMain('notifier', async () => {
  const config = readConfig(configSchema, process.env);
  const mode = authMode(config);
  const jwt = jwtSettings(config);
  const log = createLogger('notifier', config.PLANWRIGHT_LOG_LEVEL);
  const graceMs = config.SHUTDOWN_GRACE_MS;
  warnUnsealed(config, log);
  await checkDatabase(config.DATABASE_URL, ROLES);
  const broker = await createRabbitBroker({
    url: config.RABBITMQ_URL,
    prefix: config.PLANWRIGHT_PREFIX,
    name: 'notifier',
    log,
  });
  const live = createRedisLive({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const tickets = createRedisTickets<Caller>({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const ports = databasePorts(mode, {
    tickets,
    verifyToken: jwt && createTokenVerifier(jwt, { log }),
    allowedOrigins: config.PLANWRIGHT_ALLOWED_ORIGINS,
  });
  const health = new HealthRegistry();
  health.register('rabbitmq', () => broker.health());
  health.register('redis', () => live.health());
  const settings = {
    drainMs: Math.min(DEFAULT_SETTINGS.drainMs, graceMs / 2),
    connectsPerSecond: config.NOTIFIER_CONNECTS_PER_SECOND,
    maxConnections: config.NOTIFIER_MAX_CONNECTIONS,
  };
  const persistence = PersistenceModule.forRoot({
    url: config.DATABASE_URL,
    applicationName: 'planwright-notifier',
    roles: ROLES,
  });
  const webhooks = WebhooksModule.register({
    broker,
    log,
    policy: addressPolicy(mode, config),
    secrets: new WebhookSecrets(config.PLANWRIGHT_SECRETS_KEYS),
  });
  const app = await createServer({ broker, live, log, ports, settings }, health, [persistence, webhooks]);
  health.register('postgresql', () => app.get(WorkspaceDatabase).ping());
  await app.listen({ port: config.PORT, host: config.HOST, backlog: BACKLOG });
  log.info({ url: await app.getUrl(), auth: mode }, 'notifier is ready');
  onShutdown({
    graceMs,
    log,
    drain: async () => {
      health.drain();
      await app.close();
      await broker.close({ graceMs });
      await live.close();
      await tickets.close();
    },
  });
});
