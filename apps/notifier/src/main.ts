import 'reflect-metadata';
import { createRedisLive } from '@planwright/live';
import { createRabbitBroker } from '@planwright/messaging';
import { checkDatabase, Database, PersistenceModule } from '@planwright/persistence';
import { authMode, createLogger, HealthRegistry, onShutdown, readConfig, runMain } from '@planwright/runtime';
import { configSchema } from './config.js';
import { databasePorts } from './notifier.module.js';
import { createServer } from './server.js';
import { DEFAULT_SETTINGS } from './settings.js';

await runMain('notifier', async () => {
  const config = readConfig(configSchema, process.env);
  const mode = authMode(config);
  const log = createLogger('notifier', config.PLANWRIGHT_LOG_LEVEL);
  const graceMs = config.SHUTDOWN_GRACE_MS;
  await checkDatabase(config.DATABASE_URL);
  const broker = await createRabbitBroker({
    url: config.RABBITMQ_URL,
    prefix: config.PLANWRIGHT_PREFIX,
    name: 'notifier',
    log,
  });
  const live = createRedisLive({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const health = new HealthRegistry();
  health.register('rabbitmq', () => broker.health());
  health.register('redis', () => live.health());
  const settings = { drainMs: Math.min(DEFAULT_SETTINGS.drainMs, graceMs / 2) };
  const persistence = PersistenceModule.forRoot({ url: config.DATABASE_URL, applicationName: 'planwright-notifier' });
  const app = await createServer({ broker, live, log, ports: databasePorts(mode), settings }, health, [persistence]);
  health.register('postgresql', () => app.get(Database).ping());
  await app.listen(config.PORT, config.HOST);
  log.info({ url: await app.getUrl(), auth: mode }, 'notifier is ready');
  onShutdown({
    graceMs,
    log,
    drain: async () => {
      health.drain();
      await app.close();
      await broker.close({ graceMs });
      await live.close();
    },
  });
});
