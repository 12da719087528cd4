import { setTimeout as sleep } from 'node:timers/promises';
import { AppProcess } from '@planwright/e2e/app-process';
import { cpuSeconds } from '../process-usage.js';
import { Crowd } from './crowd.js';

const SECONDS = 10;
const WARM_UP_MS = 3_000;

/**
 * What a delivery costs a server that does nothing but write it, to the same readers in the same number, in microseconds
 * of CPU. Most of it is the kernel's, and a machine that is busy with something else makes all of it dearer.
 */
export async function bareDeliveryUs(readers: number, perSecond: number): Promise<number> {
  const env = { BARE_EVERY_MS: String(1_000 / perSecond) };
  const server = new AppProcess({ name: 'bare server', file: 'bench/dist/live/bare-server.js', env });
  try {
    const { port } = await server.logged('bare server is ready');
    const crowd = new Crowd(Array<string>(readers).fill('run.bare'), [`http://127.0.0.1:${String(port)}`]);
    await crowd.join(3_000);
    await sleep(WARM_UP_MS);
    await crowd.count();
    const from = await cpuSeconds(server.pid);
    await sleep(SECONDS * 1_000);
    const used = (await cpuSeconds(server.pid)) - from;
    const { delays } = await crowd.count();
    await crowd.disband();
    return (used * 1e6) / delays.length;
  } finally {
    await server.stop();
  }
}
