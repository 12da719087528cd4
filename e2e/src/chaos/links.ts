import type { OwnServices, Service, TcpProxy } from '@planwright/testing';
import { startTcpProxy, throughProxy } from '@planwright/testing';

/** The connections of one process to the services, each through a proxy of its own. */
export interface Links {
  readonly proxies: ReadonlyMap<Service, TcpProxy>;
  /** Tells the process where its services are. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const VARIABLES: Record<Service, string> = {
  postgres: 'DATABASE_URL',
  rabbitmq: 'RABBITMQ_URL',
  redis: 'REDIS_URL',
};

export async function startLinks(services: OwnServices, used: readonly Service[]): Promise<Links> {
  const proxies = new Map<Service, TcpProxy>();
  const env: Record<string, string> = {};
  for (const service of used) {
    const proxy = await startTcpProxy(() => services[service].url);
    proxies.set(service, proxy);
    env[VARIABLES[service]] = throughProxy(services[service].url, proxy);
  }
  return {
    proxies,
    env,
    async close() {
      await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    },
  };
}
