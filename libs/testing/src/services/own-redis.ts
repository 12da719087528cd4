import { join } from 'node:path';
import { serviceOf, startDaemon, waitForDaemon } from './daemon.js';
import { findProgram, freePorts } from './programs.js';
import { speakTo } from './speak.js';
import type { Started, StartOptions } from './started.js';

/** A Redis that keeps nothing on disk unless it shall be durable. Null where there is no `redis-server` on the path. */
export async function startOwnRedis(dir: string, { durable = false }: StartOptions = {}): Promise<Started | null> {
  const program = findProgram('redis-server');
  if (!program) return null;
  const [port] = await freePorts(1);
  const url = `redis://127.0.0.1:${port}`;
  // Written before each answer; what the operating system has survives the end of a process.
  const keeping = ['--save', '', '--appendonly', durable ? 'yes' : 'no', '--dir', dir];
  const settings = ['--bind', '127.0.0.1', '--port', String(port), ...keeping];
  const launch = async () => {
    const daemon = startDaemon(program, settings, process.env, join(dir, 'redis.log'));
    try {
      await waitForDaemon(daemon, () => speakTo('redis', url), 'Redis to answer');
      return daemon;
    } catch (error) {
      await daemon.kill();
      throw error;
    }
  };
  return serviceOf(launch, { url, how: program });
}
