import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { SERVICES, usualAddresses, type Addresses, type Service } from './addresses.js';
import { composeAnswers, startInCompose } from './compose.js';
import { canInstallPackages, installPackages } from './debian.js';
import { startOwnPostgres } from './own-postgres.js';
import { startOwnRabbitMq } from './own-rabbitmq.js';
import { startOwnRedis } from './own-redis.js';
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

const DIR_PREFIX = 'planwright-test-';

/**
 * The real PostgreSQL, RabbitMQ and Redis of a test run. Each one that answers at the configured or standard address
 * is used. One that does not is started, in this order: by the program on this machine (PostgreSQL: from npm), in a
 * container where Docker Compose reaches an engine, from Debian's packages for root. A configured address that does
 * not answer is an error: somebody meant that server.
 */
export async function testServices(options: TestServicesOptions = {}): Promise<TestServices> {
  const { env = process.env, only = SERVICES } = options;
  const own = (options.services ?? env.TEST_SERVICES) === 'own';
  await removeLeftovers();
  const dir = await mkdtemp(join(tmpdir(), `${DIR_PREFIX}${process.pid}-`));
  const started: Started[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.splice(0).map((service) => service.stop()));
    await rm(dir, { recursive: true, force: true });
  };

  const provide = async (service: Service): Promise<{ url: string; note: string }> => {
    const url = own ? null : await find(service, env);
    if (url) return { url, note: `${service}: found at ${withoutSecrets(url)}` };
    const instance = await start(service, dir);
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

async function start(service: Service, dir: string): Promise<Started> {
  if (service === 'postgres') return startOwnPostgres(dir);
  const startOwn = service === 'rabbitmq' ? startOwnRabbitMq : startOwnRedis;
  const local = await startOwn(dir);
  if (local) return local;
  if (await composeAnswers()) return startInCompose(service);
  if (canInstallPackages()) await installing(service);
  const installed = await startOwn(dir);
  if (installed) return installed;
  throw new Error(
    `Tests need ${service}, and none answers at its usual port: start one, set ${service.toUpperCase()}_URL, install the ` +
      `program ${service}-server, or start Docker.`,
  );
}

let packages: Promise<void> = Promise.resolve();
/** One after another: apt has one lock. */
function installing(service: Service): Promise<void> {
  packages = packages.catch(() => undefined).then(() => installPackages([`${service}-server`]));
  return packages;
}

/** Folders of test runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${DIR_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EPERM';
  }
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
