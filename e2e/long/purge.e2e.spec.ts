import { QUEUES } from '@planwright/messaging';
import { serviceAddresses, waitFor } from '@planwright/testing';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { startDistributed } from '../src/distributed.js';
import { startRun, untilEnded } from '../src/driver.js';
import { plainWriter } from '../src/plain-writer.js';
import { query } from '../src/rows.js';
import { leaveNothingRunning, test } from '../src/test.js';

const RUNS = 100;
/** A section takes two seconds. */
const PACE = { firstDelayMs: 100, delayMs: 100, chunks: 20 };

/** Every message that waits, gone. */
async function purgeQueues(prefix: string): Promise<number> {
  const connection = await connect(serviceAddresses().rabbitmq);
  try {
    const channel = await connection.createChannel();
    let purged = 0;
    for (const name of Object.values(QUEUES)) purged += (await channel.purgeQueue(`${prefix}.${name}`)).messageCount;
    return purged;
  } finally {
    await connection.close();
  }
}

/** What FLUSHALL leaves of this installation on a Redis that others use as well: nothing. */
async function flushKeys(prefix: string): Promise<number> {
  const redis = new Redis(serviceAddresses().redis);
  try {
    const keys = await redis.keys(`${prefix}:*`);
    return keys.length === 0 ? 0 : await redis.del(...keys);
  } finally {
    redis.disconnect();
  }
}

test(`${RUNS} runs finish by themselves when every queue is purged and Redis flushed under them`, async () => {
  const platform = await startDistributed({ generators: 2, answer: plainWriter(PACE) });
  try {
    const runs = await Promise.all(
      Array.from({ length: RUNS }, () => startRun(platform, { documents: ['prd'], mode: 'draft' })),
    );
    await waitFor(() => platform.ledger.calls.length > RUNS, {
      what: 'many sections to be written',
      timeoutMs: 60_000,
    });
    // The engine stands still while generators tell what they have done: all of that waits in its queue, and is lost.
    const go = platform.halt();
    let purged = 0;
    const purge = async () => (purged += await purgeQueues(platform.prefix)) > 0;
    await waitFor(purge, { what: 'results to be lost', timeoutMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await purge();
    const flushed = await flushKeys(platform.prefix);
    go?.();
    const faultAt = Date.now();
    const ended = await Promise.all(runs.map(({ client, run }) => untilEnded(client, run.id, 240_000)));
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    const [gap] = await query<{ seconds: number }>(
      platform.databaseUrl,
      `SELECT max(extract(epoch FROM next - finished_at))::float8 AS seconds FROM (
         SELECT finished_at, lead(finished_at) OVER (PARTITION BY run_id ORDER BY finished_at) AS next FROM steps
       ) step`,
    );
    const [repeated] = await query<{ count: number }>(
      platform.databaseUrl,
      'SELECT count(*)::int AS count FROM steps WHERE attempt > 1',
    );
    console.info(
      `${RUNS} runs after a purge (${purged} messages) and a flush (${flushed} keys): all succeeded within ` +
        `${((Date.now() - faultAt) / 1000).toFixed(1)} s; longest pause of a run ${gap?.seconds.toFixed(1)} s; ` +
        `${repeated?.count} steps issued anew; ${platform.ledger.calls.length} calls for ${ended.length * 7} steps`,
    );
    // A run stands still for as long as its loss is not noticed, and one section takes two seconds.
    expect(gap?.seconds).toBeLessThan(60);
  } finally {
    await platform.stop();
  }
}, 400_000);

leaveNothingRunning();
