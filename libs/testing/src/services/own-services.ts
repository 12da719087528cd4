import { SERVICES, type Service } from './addresses.js';
import { composeAnswers, startInCompose } from './compose.js';
import { canInstallPackages, installPackages } from './debian.js';
import { startOwnPostgres } from './own-postgres.js';
import { startOwnRabbitMq } from './own-rabbitmq.js';
import { startOwnRedis } from './own-redis.js';
import { makeServiceFolder } from './service-folder.js';
import type { Started, StartOptions } from './started.js';

/** A PostgreSQL, a RabbitMQ and a Redis that nobody else uses, for tests that kill and restart them. */
export interface OwnServices extends Readonly<Record<Service, Started>> {
  /** One line per service for the log. */
  readonly notes: readonly string[];
  /** Ends all of them and removes what they stored. */
  stop(): Promise<void>;
}

/** Starts all three side by side, in the ways of `testServices`. */
export async function ownServices(options: StartOptions = {}): Promise<OwnServices> {
  const folder = await makeServiceFolder();
  const outcomes = await Promise.allSettled(SERVICES.map((service) => startOwn(service, folder.path, options)));
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((service) => service.stop()));
    await folder.remove();
  };
  const [postgres, rabbitmq, redis] = started;
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure || !postgres || !rabbitmq || !redis) {
    await stop();
    throw failure?.reason;
  }
  const notes = started.map(({ how }, i) => `${SERVICES[i]}: started (${how})`);
  return { postgres, rabbitmq, redis, notes, stop };
}

/**
 * A private instance: by the program on this machine (PostgreSQL: from npm), in a container where Docker Compose
 * reaches an engine, from Debian's packages for root. Throws a sentence that says what to do where none of them can be.
 */
export async function startOwn(service: Service, dir: string, options: StartOptions = {}): Promise<Started> {
  if (service === 'postgres') return startOwnPostgres(dir, options);
  const startLocal = service === 'rabbitmq' ? startOwnRabbitMq : startOwnRedis;
  const local = await startLocal(dir, options);
  if (local) return local;
  if (await composeAnswers()) return startInCompose(service, options);
  if (canInstallPackages()) await installing(service);
  const installed = await startLocal(dir, options);
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
