import { userInfo } from 'node:os';
import { SERVICES, usualAddresses, type Addresses, type Service } from './addresses.js';
import { startOwn } from './own-services.js';
import { makeServiceFolder } from './service-folder.js';
import { speakTo } from './speak.js';
import type { Started } from './started.js';

export interface TestServices extends Addresses {
  /** One line per service for the log: found or started, and how. */
  notes: string[];
  /** Stops what was started here, and only that. */
  stop(): Promise<void>;
}

export interface TestServicesOptions {
  /** `own`: private instances even where others answer. Default: what `TEST_SERVICES` says, else `found`. */
  services?: 'own' | 'found';
  env?: NodeJS.ProcessEnv;
  /** Which are needed. Default: all three. */
  only?: readonly Service[];
}

/**
 * The real PostgreSQL, RabbitMQ and Redis of a test run. Each one that answers at the configured or standard address
 * is used. One that does not is started, in this order: by the program on this machine (PostgreSQL: from npm), in a
 * container where Docker Compose reaches an engine, from Debian's packages for root. A configured address that does
 * not answer is an error: somebody meant that server.
 */
export async function testServices(options: TestServicesOptions = {}): Promise<TestServices> {
  const { env = process.env, only = SERVICES } = options;
  const own = (options.services ?? env.TEST_SERVICES) === 'own';
  const folder = await makeServiceFolder();
  const started: Started[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((service) => service.stop()));
    await folder.remove();
  };

  const provide = async (service: Service): Promise<{ url: string; note: string }> => {
    const url = own ? null : await find(service, env);
    if (url) return { url, note: `${service}: found at ${withoutSecrets(url)}` };
    const instance = await startOwn(service, folder.path);
    started.push(instance);
    return { url: instance.url, note: `${service}: started at ${withoutSecrets(instance.url)} (${instance.how})` };
  };
  const outcomes = await Promise.allSettled(only.map(provide));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  const provided = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : { url: '', note: '' }));
  const urlOf = (service: Service): string => provided[only.indexOf(service)]?.url ?? '';
  return {
    postgres: urlOf('postgres'),
    rabbitmq: urlOf('rabbitmq'),
    redis: urlOf('redis'),
    notes: provided.map(({ note }) => note),
    stop,
  };
}

async function find(service: Service, env: NodeJS.ProcessEnv): Promise<string | null> {
  const addresses = usualAddresses(service, env, userName());
  let refusal = '';
  for (const url of addresses) {
    try {
      await speakTo(service, url);
      return url;
    } catch (error) {
      refusal = reasonOf(error);
    }
  }
  const variable = { postgres: 'DATABASE_URL', rabbitmq: 'RABBITMQ_URL', redis: 'REDIS_URL' }[service];
  if (!env[variable]) return null;
  throw new Error(
    `${variable} names a server that cannot be used for tests (${refusal}): start it, or unset ${variable}.`,
  );
}

/** A refused connection to a name with two addresses is an AggregateError, whose message is empty. */
function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.map(reasonOf).join(', ');
  return 'message' in error ? String(error.message) : JSON.stringify(error);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'postgres';
  }
}

function withoutSecrets(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
