import { createClient } from '@planwright/client';
import { createRedisLive } from '@planwright/live';
import type { LiveLog } from '@planwright/live';
import { freePorts, serviceAddresses, testPrefix } from '@planwright/testing';
import { AppProcess } from '../app-process.js';
import { deleteTopology } from '../broker.js';
import { migratedDatabase } from '../distributed.js';
import { IDEA } from '../driver.js';
import { WrittenRun } from './written-run.js';

export type { WrittenRun } from './written-run.js';

/** Notifiers as processes of their own, and what they stand on; nothing writes a run but the caller. */
export interface LivePlatform {
  readonly live: LiveLog;
  /** Addresses of the notifiers; a replica that is started again keeps its own. */
  readonly urls: readonly [string, ...string[]];
  /** The process that answers at each address now. */
  readonly notifiers: readonly AppProcess[];
  /** A run that exists and that nobody else writes. */
  newRun(): Promise<WrittenRun>;
  /** Starts a notifier at the address of one that has ended. */
  startAgain(index: number): Promise<void>;
  stop(): Promise<void>;
}

export interface LivePlatformOptions {
  notifiers?: number;
  /** For the notifiers. */
  env?: Record<string, string>;
  /** The address of a module each notifier loads first. */
  preload?: string;
}

export async function startLivePlatform(options: LivePlatformOptions = {}): Promise<LivePlatform> {
  const { notifiers = 1, env = {}, preload } = options;
  const database = await migratedDatabase();
  const names = testPrefix();
  const { rabbitmq, redis } = serviceAddresses();
  const shared = { DATABASE_URL: database.url, RABBITMQ_URL: rabbitmq, PLANWRIGHT_PREFIX: names.prefix };
  const live = createRedisLive({ url: redis, prefix: `${names.prefix}:`, log: { warn: () => undefined } });
  const processes: AppProcess[] = [];
  const start = (name: string, more: Record<string, string>, first: { preload?: string } = {}) => {
    const app = new AppProcess({ name, file: `apps/${name}/dist/main.js`, env: { ...shared, ...more }, ...first });
    processes.push(app);
    return app;
  };
  const stop = async () => {
    try {
      await Promise.all(processes.map((app) => app.stop()));
    } finally {
      await live.close();
      await deleteTopology(rabbitmq, names.prefix);
      await names.deleteKeys();
      await database.drop();
    }
  };
  try {
    const [gatewayPort = 0, ...ports] = await freePorts(notifiers + 1);
    const startNotifier = async (port: number) => {
      const own = { REDIS_URL: redis, PORT: String(port), PLANWRIGHT_LOG_LEVEL: 'info', ...env };
      const app = start('notifier', own, preload === undefined ? {} : { preload });
      await app.logged('notifier is ready');
      return app;
    };
    const standing = await Promise.all(ports.map(startNotifier));
    const gateway = start('gateway', { REDIS_URL: redis, PORT: String(gatewayPort), PLANWRIGHT_PROVIDER: 'offline' });
    const client = createClient({ url: String((await gateway.logged('gateway is ready'))['url']) });
    const [first = '', ...others] = ports.map((port) => `http://127.0.0.1:${port}`);
    return {
      live,
      urls: [first, ...others],
      notifiers: standing,
      async newRun() {
        const project = await client.projects.create(IDEA);
        const run = await client.runs.start(project.id, { documents: ['prd'] });
        return new WrittenRun(live, run.id, run.documents[0]?.id ?? run.id);
      },
      async startAgain(index) {
        standing[index] = await startNotifier(ports[index] ?? 0);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
