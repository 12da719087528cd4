import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serviceOf, startDaemon, waitForDaemon } from './daemon.js';
import { findProgram, freePorts, isExecutable } from './programs.js';
import { speakTo } from './speak.js';
import type { Started } from './started.js';

/**
 * A RabbitMQ that shares nothing with another one on the machine: ports, node name, cookie, data, logs, plugins and
 * configuration are its own, and so is epmd, the name server of Erlang nodes. Otherwise the second node of a machine
 * registers with the first one's epmd, and the system's configuration files win over what is asked here.
 * Null where RabbitMQ or Erlang is missing.
 */
export async function startOwnRabbitMq(dir: string): Promise<Started | null> {
  const program = findRabbitMq();
  const epmd = findProgram('epmd');
  if (!program || !epmd) return null;
  const [port, distPort, epmdPort] = await freePorts(3);
  const env = { ...process.env, ERL_EPMD_PORT: String(epmdPort), ERL_EPMD_ADDRESS: '127.0.0.1', HOME: dir };
  const names = startDaemon(epmd, ['-port', String(epmdPort), '-address', '127.0.0.1'], env, join(dir, 'epmd.log'));
  const node = { ...env, ...(await settle(dir, port, distPort)) };
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const launch = async () => {
    const server = startDaemon(program, [], node, join(dir, 'rabbitmq.log'));
    try {
      await waitForDaemon(server, () => speakTo('rabbitmq', url), 'RabbitMQ to answer');
      return server;
    } catch (error) {
      await server.kill();
      throw error;
    }
  };
  try {
    return await serviceOf(launch, { url, how: program, atEnd: names.kill });
  } catch (error) {
    await names.kill();
    throw error;
  }
}

/** Debian's `rabbitmq-server` on the path works for root and the user rabbitmq alone; the script behind it for anybody. */
function findRabbitMq(): string | undefined {
  return ['/usr/lib/rabbitmq/bin/rabbitmq-server'].find(isExecutable) ?? findProgram('rabbitmq-server');
}

/** Writes the node's files and tells its variables. */
async function settle(dir: string, port: number | undefined, distPort: number | undefined): Promise<NodeJS.ProcessEnv> {
  await mkdir(join(dir, 'rabbitmq'), { recursive: true });
  const at = (name: string): string => join(dir, 'rabbitmq', name);
  await writeFile(at('env.conf'), '');
  await writeFile(at('enabled_plugins'), '[].\n');
  // Test machines run with full disks; the default alarm at 50 MB free would block every publisher silently.
  await writeFile(at('rabbitmq.conf'), `listeners.tcp.local = 127.0.0.1:${port}\ndisk_free_limit.absolute = 1MB\n`);
  return {
    RABBITMQ_CONF_ENV_FILE: at('env.conf'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_NODENAME: `planwright-test-${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    RABBITMQ_MNESIA_BASE: at('mnesia'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_PID_FILE: at('pid'),
    // Schedulers that do not spin while idle, and no listener for other nodes but on the loopback address.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };
}
