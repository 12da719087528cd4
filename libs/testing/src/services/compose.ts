import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Service } from './addresses.js';
import { waitForDaemon } from './daemon.js';
import { findProgram } from './programs.js';
import { speakTo } from './speak.js';
import type { Started, StartOptions } from './started.js';

/** PostgreSQL comes from npm everywhere. */
type InContainer = Exclude<Service, 'postgres'>;

interface Image {
  image: string;
  port: number;
  url: (address: string) => string;
  /** What makes it durable where its image is not. */
  keeping?: string[];
}

const IMAGES: Record<InContainer, Image> = {
  rabbitmq: { image: 'rabbitmq:4', port: 5672, url: (address) => `amqp://guest:guest@${address}` },
  redis: {
    image: 'redis:7',
    port: 6379,
    url: (address) => `redis://${address}`,
    keeping: ['redis-server', '--appendonly', 'yes'],
  },
};

const run = promisify(execFile);

/** Whether `docker compose` reaches an engine. */
export async function composeAnswers(): Promise<boolean> {
  const docker = findProgram('docker');
  if (!docker) return false;
  try {
    await run(docker, ['compose', 'version'], { timeout: 10_000 });
    await run(docker, ['info'], { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** One service in a container of a Compose project of this run alone, on a free port of the loopback address. */
export async function startInCompose(service: InContainer, { durable = false }: StartOptions = {}): Promise<Started> {
  const { image, port, url, keeping } = IMAGES[service];
  const project = ['compose', '--project-name', `planwright-test-${process.pid}-${service}`, '--file', '-'];
  const file = JSON.stringify({
    services: { [service]: { image, ports: [`127.0.0.1::${port}`], ...(durable && keeping && { command: keeping }) } },
  });
  const compose = (...args: string[]): Promise<string> => runWithInput('docker', [...project, ...args], file);
  const stop = async (): Promise<void> => void (await compose('down', '--volumes', '--timeout', '1'));
  // Docker gives a container another port whenever it starts.
  const answering = async (): Promise<string> => {
    const address = url((await compose('port', service, String(port))).trim());
    const failure = async () => null;
    await waitForDaemon({ failure }, () => speakTo(service, address), `${service} in a container to answer`);
    return address;
  };
  try {
    await compose('up', '--detach', '--quiet-pull');
    let address = await answering();
    return {
      get url() {
        return address;
      },
      how: image,
      kill: async () => void (await compose('kill')),
      shutDown: async () => void (await compose('stop')),
      async start() {
        await compose('start');
        address = await answering();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function runWithInput(file: string, args: string[], input: string): Promise<string> {
  const running = run(file, args, { timeout: 300_000 });
  running.child.stdin?.end(input);
  return (await running).stdout;
}
