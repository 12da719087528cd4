import { join } from 'node:path';
import { startDaemon, waitForDaemon } from './daemon.js';
import { findProgram, freePorts } from './programs.js';
import { speakTo } from './speak.js';
import type { Started } from './started.js';

/** A Redis that keeps nothing on disk. Null where there is no `redis-server` on the path. */
export async function startOwnRedis(dir: string): Promise<Started | null> {
  const program = findProgram('redis-server');
  if (!program) return null;
  const [port] = await freePorts(1);
  const url = `redis://127.0.0.1:${port}`;
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', dir];
  const daemon = startDaemon(program, settings, process.env, join(dir, 'redis.log'));
  try {
    await waitForDaemon(daemon, () => speakTo('redis', url), 'Redis to answer');
  } catch (error) {
    await daemon.kill();
    throw error;
  }
  return { url, how: program, stop: daemon.kill };
}
