import {
  freePorts,
  ScriptedProviderClient,
  serviceAddresses,
  startProviderLedger,
  testDatabase,
  testPrefix,
} from '@planwright/testing';
import type { CallRequest, LedgerAnswer, LedgerCall, ProviderLedger } from '@planwright/testing';
import { AppProcess } from './app-process.js';
import { deleteTopology } from './broker.js';
import { FAST_WRITER } from './platform.js';
import type { Platform } from './platform.js';

export interface DistributedOptions {
  gateways?: number;
  orchestrators?: number;
  generators?: number;
  /** Generators on a provider that the test controls. */
  scripted?: boolean;
  /** Generators on a provider in this process, which keeps books and outlives them: what it answers to each call. */
  answer?: (request: CallRequest, call: LedgerCall) => LedgerAnswer;
  /** For every process. */
  env?: Record<string, string>;
}

export interface Distributed extends Platform {
  readonly databaseUrl: string;
  /** Begins the names of its queues. */
  readonly prefix: string;
  /** Running and ended ones, in order of their start. */
  readonly generators: readonly AppProcess[];
  /** Controls of the scripted provider of the generator started last. */
  readonly provider: ScriptedProviderClient;
  /** Books of the provider, where `answer` was given. */
  readonly ledger: ProviderLedger;
  /** Stops a process in order and starts another one like it, on the same port. */
  replace(app: AppProcess): Promise<AppProcess>;
  startGenerator(): Promise<AppProcess>;
}

/** A migrated database, of which every caller gets a copy. */
export function migratedDatabase() {
  return testDatabase({ key: 'e2e', migrate });
}

/** Runs the migrations as an operator does. */
async function migrate(url: string): Promise<void> {
  const migration = new AppProcess({
    name: 'migrate',
    file: 'apps/orchestrator/dist/migrate.js',
    env: { DATABASE_URL: url },
  });
  const { code } = await migration.ended;
  if (code !== 0) throw new Error(`migrations failed${migration.output()}`);
}

/** The four services as processes of their own on RabbitMQ, Redis and PostgreSQL, with names nobody else has. */
export async function startDistributed(options: DistributedOptions = {}): Promise<Distributed> {
  const { gateways = 1, orchestrators = 1, generators = 1, scripted = false } = options;
  const database = await migratedDatabase();
  const names = testPrefix();
  const { rabbitmq, redis } = serviceAddresses();
  const env = {
    ...FAST_WRITER,
    PORT: '0',
    DATABASE_URL: database.url,
    RABBITMQ_URL: rabbitmq,
    REDIS_URL: redis,
    PLANWRIGHT_PREFIX: names.prefix,
    ...options.env,
  };
  const ledger = options.answer && (await startProviderLedger(options.answer));
  const processes: AppProcess[] = [];
  /** How to start another one like each. */
  const starts = new Map<AppProcess, () => AppProcess>();
  const start = (name: string, more: Record<string, string> = {}, file = `apps/${name}/dist/main.js`) => {
    const app = new AppProcess({ name, file, env: { ...env, ...more } });
    processes.push(app);
    starts.set(app, () => start(name, more, file));
    return app;
  };
  const generatorProcesses: AppProcess[] = [];
  let provider: ScriptedProviderClient | undefined;
  const startGenerator = async () => {
    const caller = `generator-${generatorProcesses.length + 1}`;
    const books = ledger && { REMOTE_PROVIDER_URL: ledger.url, REMOTE_PROVIDER_CALLER: caller };
    const stand = ledger ? 'e2e/dist/chaos/remote-generator.js' : 'e2e/dist/scripted-generator.js';
    const app = start('generator', { ...books }, ledger || scripted ? stand : undefined);
    generatorProcesses.push(app);
    await app.logged('generator is ready');
    if (scripted) {
      const { control } = await app.logged('scripted provider is ready');
      provider = new ScriptedProviderClient(String(control));
    }
    return app;
  };
  const stop = async () => {
    try {
      await Promise.all(processes.map((app) => app.stop()));
    } finally {
      await deleteTopology(rabbitmq, names.prefix);
      await names.deleteKeys();
      await ledger?.close();
      await database.drop();
    }
  };
  try {
    const [notifierPort, ...gatewayPorts] = (await freePorts(gateways + 1)).map(String);
    const notifier = start('notifier', { PORT: notifierPort ?? '0' });
    const engines = Array.from({ length: orchestrators }, () => start('orchestrator'));
    await Promise.all([
      notifier.logged('notifier is ready'),
      ...engines.map((engine) => engine.logged('orchestrator is ready')),
      ...Array.from({ length: generators }, startGenerator),
    ]);
    const NOTIFIER_URL = String((await notifier.logged('notifier is ready'))['url']);
    const doors = gatewayPorts.map((PORT) => start('gateway', { NOTIFIER_URL, PORT }));
    const urls = await Promise.all(doors.map(async (door) => String((await door.logged('gateway is ready'))['url'])));
    return {
      name: `${orchestrators} orchestrator(s), ${generators} generator(s)`,
      url: urls[0] ?? '',
      urls,
      processes,
      databaseUrl: database.url,
      prefix: names.prefix,
      generators: generatorProcesses,
      get provider() {
        if (!provider) throw new Error('the generators of this platform are not scripted');
        return provider;
      },
      get ledger() {
        if (!ledger) throw new Error('the provider of this platform keeps no books');
        return ledger;
      },
      startGenerator,
      async replace(app) {
        await app.stop();
        const next = starts.get(app)?.();
        if (!next) throw new Error(`${app.name} is not of this platform`);
        if (generatorProcesses.includes(app)) generatorProcesses.push(next);
        await next.logged(`${next.name} is ready`);
        return next;
      },
      halt() {
        for (const engine of engines) engine.signal('SIGSTOP');
        return () => {
          for (const engine of engines) engine.signal('SIGCONT');
        };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
