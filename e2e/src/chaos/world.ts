import { freePorts, ownServices, startProviderLedger } from '@planwright/testing';
import type { OwnServices, ProviderLedger } from '@planwright/testing';
import { AppProcess } from '../app-process.js';
import { startLinks } from './links.js';
import type { Links } from './links.js';
import type { ChaosOptions } from './options.js';
import { Supervised } from './supervised.js';
import { createWriter } from './writer.js';

/** Services of its own, the provider's stand-in, and every process of the platform in several copies. */
export interface World {
  readonly services: OwnServices;
  readonly ledger: ProviderLedger;
  readonly processes: readonly Supervised[];
  /** Of each process, by its name. */
  readonly links: ReadonlyMap<string, Links>;
  /** Where customers knock. */
  readonly gateways: readonly [string, ...string[]];
  stop(): Promise<void>;
}

/** Begins the names of queues and keys. */
export const PREFIX = 'chaos';
const COPIES = { gateway: 2, orchestrator: 2, generator: 3, notifier: 2 } as const;
const READY_MS = 90_000;

const ALL = ['postgres', 'rabbitmq', 'redis'] as const;
const USES = { gateway: ALL, orchestrator: ALL, notifier: ALL, generator: ['rabbitmq', 'redis'] } as const;

export async function startWorld(options: ChaosOptions, say: (line: string) => void): Promise<World> {
  const services = await ownServices({ durable: true });
  const ends: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await services.stop();
  };
  try {
    for (const note of services.notes) say(note);
    await migrate(services.postgres.url);
    const ledger = await startProviderLedger(
      createWriter({ seed: options.seed, failsAgain: options.providerFailsAgain }),
    );
    ends.push(() => ledger.close());
    const links = new Map<string, Links>();
    const ports = await freePorts(COPIES.gateway + COPIES.notifier);
    const notifierPorts = ports.slice(COPIES.gateway);
    const processes: Supervised[] = [];
    for (const kind of ['notifier', 'orchestrator', 'generator', 'gateway'] as const) {
      for (let i = 0; i < COPIES[kind]; i++) {
        const name = `${kind}-${i + 1}`;
        const own = await startLinks(services, USES[kind]);
        ends.push(() => own.close());
        links.set(name, own);
        const env = {
          ...own.env,
          PLANWRIGHT_PREFIX: PREFIX,
          PLANWRIGHT_PROVIDER: 'offline',
          PORT: String({ gateway: ports[i], notifier: notifierPorts[i], orchestrator: 0, generator: 0 }[kind]),
          ...(kind === 'gateway' && { NOTIFIER_URL: `http://127.0.0.1:${notifierPorts[i % COPIES.notifier]}` }),
          ...(kind === 'generator' && { REMOTE_PROVIDER_URL: ledger.url, REMOTE_PROVIDER_CALLER: name }),
        };
        const file = kind === 'generator' ? 'e2e/dist/chaos/remote-generator.js' : `apps/${kind}/dist/main.js`;
        processes.push(new Supervised({ name, file, env, services: USES[kind], readyMessage: `${kind} is ready` }));
      }
    }
    ends.push(() => Promise.all(processes.map((process) => process.end())));
    for (const process of processes) process.start();
    await Promise.all(processes.map((process) => process.ready(READY_MS)));
    const [first = '', ...others] = ports.slice(0, COPIES.gateway).map((port) => `http://127.0.0.1:${port}`);
    return { services, ledger, processes, links, gateways: [first, ...others], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function migrate(url: string): Promise<void> {
  const file = 'apps/orchestrator/dist/migrate.js';
  const migration = new AppProcess({ name: 'migrate', file, env: { DATABASE_URL: url } });
  const { code } = await migration.ended;
  if (code !== 0) throw new Error(`migrations failed${migration.output()}`);
}
