import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createRedisLimiter } from '@planwright/limits';
import { createRedisLive, createRedisTickets } from '@planwright/live';
import { createRabbitBroker } from '@planwright/messaging';
import {
  checkDatabase,
  ensureBootstrapKey,
  PersistenceModule,
  WebhookSecrets,
  WorkspaceDatabase,
} from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import {
  authMode,
  createLogger,
  createTokenVerifier,
  HealthRegistry,
  jwtSettings,
  nestLogger,
  onShutdown,
  readConfig,
  runMain,
  systemClock,
  warnUnsealed,
} from '@planwright/runtime';
import { openCatalogue } from './catalogue.js';
import { configSchema, estimateCost, modelOffer } from './config.js';
import { GatewayModule } from './gateway.module.js';
import { forwardLive } from './http/forward.js';
import { openRequestLimits } from './request-limits/open-request-limits.js';
import { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from './http/server.js';
import { workspaceDir } from './workspace/workspace-files.js';

class GatewayApp {}
/** A gateway sees one workspace at a time. */
const ROLES = ['planwright_app'] as const;

await runMain('gateway', async () => {
  const config = readConfig(configSchema, process.env);
  const auth = authMode(config);
  const jwt = jwtSettings(config);
  const log = createLogger('gateway', config.PLANWRIGHT_LOG_LEVEL);
  warnUnsealed(config, log);
  const catalogue = openCatalogue(config, log);
  await checkDatabase(config.DATABASE_URL, ROLES);
  const broker = await createRabbitBroker({
    url: config.RABBITMQ_URL,
    prefix: config.PLANWRIGHT_PREFIX,
    name: 'gateway',
    log,
  });
  const live = createRedisLive({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const tickets = createRedisTickets<Caller>({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const health = new HealthRegistry();
  health.register('rabbitmq', () => broker.health());
  const limiter = createRedisLimiter({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const requests = openRequestLimits(config, auth, log);
  const persistence = PersistenceModule.forRoot({
    url: config.DATABASE_URL,
    applicationName: 'planwright-gateway',
    roles: ROLES,
  });
  const gateway = GatewayModule.register({
    broker,
    live,
    catalogue,
    offer: modelOffer(config),
    costOf: estimateCost(config),
    auth,
    verifyToken: jwt && createTokenVerifier(jwt, { log }),
    tickets,
    secrets: new WebhookSecrets(config.PLANWRIGHT_SECRETS_KEYS),
    maxActiveRuns: config.PLANWRIGHT_MAX_ACTIVE_RUNS,
    requestLimits: requests.limits,
    limits: limiter,
    notifierUrl: () => config.NOTIFIER_URL.replace(/\/+$/, ''),
    health,
    clock: systemClock,
    log,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: GatewayApp, imports: [persistence, gateway] },
    createHttpAdapter({ trustedProxies: config.PLANWRIGHT_TRUSTED_PROXIES }),
    { ...HTTP_APP_OPTIONS, logger: nestLogger(log), abortOnError: false },
  );
  const database = app.get(WorkspaceDatabase);
  health.register('postgresql', () => database.ping());
  await ensureBootstrapKey(database, config.PLANWRIGHT_BOOTSTRAP_KEY);
  prepareHttp(app, { auth, origins: config.PLANWRIGHT_ALLOWED_ORIGINS, workspace: workspaceDir(), log });
  await forwardLive(app, config.NOTIFIER_URL);
  await app.listen(config.PORT, config.HOST);
  log.info({ url: await app.getUrl(), auth }, 'gateway is ready');
  onShutdown({
    graceMs: config.SHUTDOWN_GRACE_MS,
    log,
    drain: async () => {
      health.drain();
      await app.close();
      await broker.close({ graceMs: config.SHUTDOWN_GRACE_MS });
      await live.close();
      await tickets.close();
      await limiter.close();
      requests.close();
    },
  });
});
