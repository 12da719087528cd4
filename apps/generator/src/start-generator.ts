import type { Provider } from '@planwright/contracts';
import { createRedisLimiter } from '@planwright/limits';
import { createLlm } from './llm.js';
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { createRedisLive } from '@planwright/live';
import { createRabbitBroker, PlanwrightTransport } from '@planwright/messaging';
import { createRedisPresence } from '@planwright/presence';
import { HealthRegistry, nestLogger, onShutdown, startHealthServer } from '@planwright/runtime';
import type { Logger } from '@planwright/runtime';
import { generatorMessages, generatorSlots } from './config.js';
import type { GeneratorConfig } from './config.js';
import { GeneratorModule } from './generator.module.js';
import { SlotAnnouncer } from './slot-announcer.js';
import { RunningSteps } from './steps/running-steps.js';

/** Of the grace, the share that running steps may use; the rest is for `step.lost`, acknowledgements and closing. */
const WORK_SHARE = 0.8;

/**
 * Starts a generator process: broker, live log, presence, health port, then the queues. On SIGTERM it takes nothing more,
 * lets running steps finish, and gives back what does not.
 */
export async function startGenerator(options: {
  config: GeneratorConfig;
  /** Default those the configuration has keys for. */
  providers?: ReadonlyMap<string, Provider>;
  log: Logger;
}): Promise<void> {
  const { config, log } = options;
  const llm = { ...createLlm(config), ...(options.providers && { providers: options.providers }) };
  const broker = await createRabbitBroker({
    url: config.RABBITMQ_URL,
    prefix: config.PLANWRIGHT_PREFIX,
    name: 'generator',
    log,
  });
  const redis = { url: config.REDIS_URL, prefix: `${config.PLANWRIGHT_PREFIX}:`, log };
  const live = createRedisLive(redis);
  const presence = createRedisPresence(redis);
  const limiter = createRedisLimiter(redis);
  const graceMs = config.SHUTDOWN_GRACE_MS;
  const module = GeneratorModule.register({ broker, live, presence, limiter, slots: generatorSlots(config), llm, log });
  const app = await NestFactory.createMicroservice(module, {
    logger: nestLogger(log),
    strategy: new PlanwrightTransport({ broker, ...generatorMessages(config), graceMs }),
  });
  const registry = new HealthRegistry();
  registry.register('rabbitmq', () => broker.health());
  const health = await startHealthServer({ host: config.HOST, port: config.PORT, registry });
  await app.listen();
  const slots = app.get(SlotAnnouncer);
  slots.start();
  log.info({ host: config.HOST, port: health.port, providers: [...llm.providers.keys()] }, 'generator is ready');
  onShutdown({
    graceMs,
    log,
    drain: async () => {
      registry.drain();
      slots.drain();
      await Promise.all([app.get(RunningSteps).drain(graceMs * WORK_SHARE), app.close()]);
      await broker.close({ graceMs: graceMs * (1 - WORK_SHARE) });
      await Promise.all([live.close(), presence.close(), limiter.close()]);
      await health.close();
    },
  });
}
