import { join, resolve } from 'node:path';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  createHttpAdapter,
  estimateCost,
  GatewayModule,
  HTTP_APP_OPTIONS,
  modelOffer,
  openCatalogue,
  prepareHttp,
  requestLimits,
  workspaceDir,
} from '@planwright/gateway';
import { GeneratorModule, generatorMessages, generatorSlots, RunningSteps, SlotAnnouncer } from '@planwright/generator';
import { createInProcessLive, createInProcessTickets } from '@planwright/live';
import { createInProcessLimiter } from '@planwright/limits';
import { createLlm } from '@planwright/generator';
import { createInProcessBroker, PlanwrightTransport, QUEUES } from '@planwright/messaging';
import { addressPolicy, databasePorts, LiveWsAdapter, NotifierModule, WebhooksModule } from '@planwright/notifier';
import { OrchestratorModule } from '@planwright/orchestrator';
import {
  ensureBootstrapKey,
  migrate,
  PersistenceModule,
  WebhookSecrets,
  WorkspaceDatabase,
} from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import { createInProcessPresence } from '@planwright/presence';
import {
  authMode,
  BootError,
  createLogger,
  createTokenVerifier,
  HealthRegistry,
  jwtSettings,
  Metrics,
  nestLogger,
  onShutdown,
  readConfig,
  systemClock,
} from '@planwright/runtime';
import { configSchema } from './config.js';
import { checkPort } from './port.js';
import { EmbeddedPostgresError, startEmbeddedPostgres } from './postgres/index.js';
import { secretsKeys } from './secrets-keys.js';

/** Messages the orchestrator handles side by side. */
const ORCHESTRATOR_CONCURRENCY = 10;
/** Of the grace, the share that running steps may use; the rest is for closing. */
const WORK_SHARE = 0.6;

@Module({})
class StandaloneModule {}

/** The whole platform in this process: the four apps' modules on the in-process adapters and an embedded PostgreSQL. */
export async function startStandalone(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(configSchema, env);
  const auth = authMode(config);
  const jwt = jwtSettings(config);
  const log = createLogger('planwright', config.PLANWRIGHT_LOG_LEVEL);
  const trustedProxies = config.PLANWRIGHT_TRUSTED_PROXIES;
  const catalogue = openCatalogue(config, log);
  const verifyToken = jwt && createTokenVerifier(jwt, { log });
  const origins = config.PLANWRIGHT_ALLOWED_ORIGINS;
  await checkPort(config.HOST, config.PORT);
  const dataDir = resolve(config.PLANWRIGHT_DATA_DIR);
  const postgres = await startEmbeddedPostgres({
    dataDir: join(dataDir, 'postgres'),
    log: (line) => log.debug({ service: 'postgresql' }, line),
    onUnexpectedEnd: (how) => {
      process.stderr.write(`planwright: PostgreSQL ended unexpectedly (${how}); start again.\n`);
      process.exit(1);
    },
  }).catch((error: unknown) => {
    throw error instanceof EmbeddedPostgresError ? new BootError(error.message) : error;
  });
  try {
    await migrate(postgres.url, { log: (line) => log.info(line) });
    const secrets = new WebhookSecrets(await secretsKeys(dataDir, config.PLANWRIGHT_SECRETS_KEYS));
    const broker = createInProcessBroker({ log });
    const live = createInProcessLive();
    const tickets = createInProcessTickets<Caller>();
    const presence = createInProcessPresence();
    const limiter = createInProcessLimiter();
    const health = new HealthRegistry();
    const module: DynamicModule = {
      module: StandaloneModule,
      imports: [
        PersistenceModule.forRoot({ url: postgres.url, applicationName: 'planwright' }),
        GatewayModule.register({
          broker,
          live,
          catalogue,
          offer: modelOffer(config),
          costOf: estimateCost(config),
          maxActiveRuns: config.PLANWRIGHT_MAX_ACTIVE_RUNS,
          requestLimits: requestLimits(config, auth),
          limits: limiter,
          // The notifier is in this process: its event streams are at the same address.
          notifierUrl: () => app.getUrl(),
          auth,
          verifyToken,
          tickets,
          secrets,
          health,
          clock: systemClock,
          log,
        }),
        OrchestratorModule.register({
          broker,
          live,
          presence,
          limiter,
          metrics: new Metrics(),
          clock: systemClock,
          log,
          slotsPerConsumer: config.GENERATOR_CONCURRENCY,
          startsEmpty: true,
        }),
        GeneratorModule.register({
          broker,
          live,
          presence,
          slots: generatorSlots(config),
          llm: createLlm(config),
          limiter,
          log,
        }),
        NotifierModule.register({
          broker,
          live,
          log,
          ports: databasePorts(auth, { verifyToken, tickets, allowedOrigins: origins }),
        }),
        WebhooksModule.register({ broker, log, policy: addressPolicy(auth, config), secrets }),
      ],
    };
    const app: NestFastifyApplication = await NestFactory.create<NestFastifyApplication>(
      module,
      createHttpAdapter({ trustedProxies }),
      {
        ...HTTP_APP_OPTIONS,
        logger: nestLogger(log),
        abortOnError: false,
      },
    );
    const database = app.get(WorkspaceDatabase);
    health.register('postgresql', () => database.ping());
    await ensureBootstrapKey(database, config.PLANWRIGHT_BOOTSTRAP_KEY);
    prepareHttp(app, { auth, origins, workspace: workspaceDir(), log });
    app.useWebSocketAdapter(new LiveWsAdapter(app));
    const { consume, subscribe } = generatorMessages(config);
    const orchestrator = { queue: QUEUES.orchestrator, prefetch: ORCHESTRATOR_CONCURRENCY };
    const graceMs = config.SHUTDOWN_GRACE_MS;
    const strategy = new PlanwrightTransport({ broker, consume: [orchestrator, ...consume], subscribe, graceMs });
    app.connectMicroservice({ strategy });
    await app.startAllMicroservices();
    const slots = app.get(SlotAnnouncer, { strict: false });
    slots.start();
    await app.listen(config.PORT, config.HOST);
    const url = await app.getUrl();
    const shutdown = onShutdown({
      graceMs,
      log,
      drain: async () => {
        health.drain();
        slots.drain();
        await Promise.all([app.get(RunningSteps, { strict: false }).drain(graceMs * WORK_SHARE), app.close()]);
        await broker.close({ graceMs: graceMs * (1 - WORK_SHARE) });
        await live.close();
        await tickets.close();
        await presence.close();
        await limiter.close();
        await postgres.stop();
      },
    });
    // Started by another program, such as `npm run plan`: it learns the address, and we end with it.
    process.once('disconnect', () => void shutdown.begin('the parent process ended'));
    process.send?.({ type: 'ready', url });
    process.stdout.write(
      `\nPlanwright is ready at ${url}\n  API page   ${url}/docs\n  data       ${dataDir}\n  stop       Ctrl-C\n\n`,
    );
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
