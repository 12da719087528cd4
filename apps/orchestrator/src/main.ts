import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { createRedisLive } from '@planwright/live';
import { createRedisLimiter } from '@planwright/limits';
import { createRabbitBroker, PlanwrightTransport, QUEUES } from '@planwright/messaging';
import { checkDatabase, Database, PersistenceModule } from '@planwright/persistence';
import { createRedisPresence } from '@planwright/presence';
import {
  createLogger,
  HealthRegistry,
  Metrics,
  nestLogger,
  newId,
  onShutdown,
  readConfig,
  runMain,
  startHealthServer,
  systemClock,
} from '@planwright/runtime';
import { configSchema } from './config.js';
import { OrchestratorModule } from './orchestrator.module.js';

/** Messages handled side by side; those of one run share its lane. */
const CONCURRENCY = 10;

class OrchestratorApp {}

await runMain('orchestrator', async () => {
  const config = readConfig(configSchema, process.env);
  const log = createLogger('orchestrator', config.PLANWRIGHT_LOG_LEVEL);
  await checkDatabase(config.DATABASE_URL);
  const broker = await createRabbitBroker({
    url: config.RABBITMQ_URL,
    prefix: config.PLANWRIGHT_PREFIX,
    name: 'orchestrator',
    log,
  });
  const live = createRedisLive({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const metrics = new Metrics();
  const presence = createRedisPresence({
    url: config.REDIS_URL,
    prefix: `${config.PLANWRIGHT_PREFIX}:`,
    instance: newId(),
    log,
  });
  const limiter = createRedisLimiter({ url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log });
  const app = await NestFactory.createMicroservice(
    {
      module: OrchestratorApp,
      imports: [
        PersistenceModule.forRoot({ url: config.DATABASE_URL, applicationName: 'planwright-orchestrator' }),
        OrchestratorModule.register({
          broker,
          live,
          presence,
          limiter,
          metrics,
          clock: systemClock,
          log,
          slotsPerConsumer: config.GENERATOR_CONCURRENCY,
          startsEmpty: false,
        }),
      ],
    },
    {
      logger: nestLogger(log),
      abortOnError: false,
      strategy: new PlanwrightTransport({
        broker,
        consume: [{ queue: QUEUES.orchestrator, prefetch: CONCURRENCY }],
      }),
    },
  );
  const registry = new HealthRegistry();
  registry.register('postgresql', () => app.get(Database).ping());
  registry.register('rabbitmq', () => broker.health());
  const health = await startHealthServer({ host: config.HOST, port: config.PORT, registry, metrics });
  await app.listen();
  log.info({ host: config.HOST, port: health.port }, 'orchestrator is ready');
  onShutdown({
    graceMs: config.SHUTDOWN_GRACE_MS,
    log,
    drain: async () => {
      registry.drain();
      await app.close();
      await broker.close({ graceMs: config.SHUTDOWN_GRACE_MS });
      await presence.close();
      await limiter.close();
      await live.close();
      await health.close();
    },
  });
});
