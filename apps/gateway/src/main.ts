import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createRedisLive } from '@planwright/live';
import { createRabbitBroker } from '@planwright/messaging';
import { checkDatabase, Database, ensureBootstrapKey, PersistenceModule } from '@planwright/persistence';
import { loadCatalogue } from '@planwright/prompts';
import {
  authMode,
  createLogger,
  HealthRegistry,
  nestLogger,
  onShutdown,
  readConfig,
  runMain,
  systemClock,
} from '@planwright/runtime';
import { configSchema, estimateCost, modelOffer } from './config.js';
import { GatewayModule } from './gateway.module.js';
import { forwardLive } from './http/forward.js';
import { createHttpAdapter, HTTP_APP_OPTIONS, prepareHttp } from './http/server.js';

class GatewayApp {}

await runMain('gateway', async () => {
  const config = readConfig(configSchema, process.env);
  const auth = authMode(config);
  const log = createLogger('gateway', config.PLANWRIGHT_LOG_LEVEL);
  await checkDatabase(config.DATABASE_URL);
  const broker = await createRabbitBroker({
    url: config.RABBITMQ_URL,
    prefix: config.PLANWRIGHT_PREFIX,
    name: 'gateway',
    log,
  });
  const live = createRedisLive({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const health = new HealthRegistry();
  health.register('rabbitmq', () => broker.health());
  const persistence = PersistenceModule.forRoot({ url: config.DATABASE_URL, applicationName: 'planwright-gateway' });
  const gateway = GatewayModule.register({
    broker,
    live,
    catalogue: loadCatalogue(),
    offer: modelOffer(config),
    costOf: estimateCost(config),
    auth,
    maxActiveRuns: config.PLANWRIGHT_MAX_ACTIVE_RUNS,
    health,
    clock: systemClock,
    log,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: GatewayApp, imports: [persistence, gateway] },
    createHttpAdapter(),
    { ...HTTP_APP_OPTIONS, logger: nestLogger(log), abortOnError: false },
  );
  const database = app.get(Database);
  health.register('postgresql', () => database.ping());
  await ensureBootstrapKey(database, config.PLANWRIGHT_BOOTSTRAP_KEY);
  prepareHttp(app, { auth, log });
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
    },
  });
});
