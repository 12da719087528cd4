/** Where the three real services are. The URLs carry credentials of test instances only. */
export interface Addresses {
  postgres: string;
  rabbitmq: string;
  redis: string;
}

export type Service = keyof Addresses;

export const SERVICES: readonly Service[] = ['postgres', 'rabbitmq', 'redis'];

/** By these variables Jest's workers learn what the global set-up found or started. */
export const TEST_VARIABLES: Record<Service, string> = {
  postgres: 'PW_TEST_DATABASE_URL',
  rabbitmq: 'PW_TEST_RABBITMQ_URL',
  redis: 'PW_TEST_REDIS_URL',
};

/**
 * Where services may be by themselves: at the configured address, which is then the only one, else at the standard
 * port. PostgreSQL has two usual ways to let a developer in there: the user `postgres` and the user's own name.
 */
export function usualAddresses(service: Service, env: NodeJS.ProcessEnv, userName: string): string[] {
  switch (service) {
    case 'postgres': {
      const users = ['postgres:postgres', 'postgres', encodeURIComponent(userName)];
      return env.DATABASE_URL ? [env.DATABASE_URL] : users.map((user) => `postgres://${user}@127.0.0.1:5432/postgres`);
    }
    case 'rabbitmq':
      return [env.RABBITMQ_URL || 'amqp://guest:guest@127.0.0.1:5672'];
    case 'redis':
      return [env.REDIS_URL || 'redis://127.0.0.1:6379'];
  }
}

/** The services of this test run, for tests. Throws where the global set-up did not run. */
export function serviceAddresses(): Addresses {
  const address = (service: Service): string => {
    const url = process.env[TEST_VARIABLES[service]];
    if (url) return url;
    throw new Error(
      `${TEST_VARIABLES[service]} is not set: tests that need ${service} end in .int.spec.ts or .e2e.spec.ts and run under Jest`,
    );
  };
  return { postgres: address('postgres'), rabbitmq: address('rabbitmq'), redis: address('redis') };
}
