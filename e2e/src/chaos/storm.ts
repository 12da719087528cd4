import { setTimeout as sleep } from 'node:timers/promises';
import { QUEUES } from '@planwright/messaging';
import { flushRedis, purgeQueues } from '@planwright/testing';
import type { Service, Started } from '@planwright/testing';
import type { Fault, FaultRecord, PlannedFault } from './faults.js';
import { describeFault } from './faults.js';
import { PREFIX } from './world.js';
import type { World } from './world.js';

const NAMES = Object.values(QUEUES).map((name) => `${PREFIX}.${name}`);
const TRIES = 5;

/**
 * Carries out a plan of faults, several at a time where they overlap, and leaves everything whole: whatever is still
 * broken when `end` aborts is repaired then. A fault whose target is broken already is left out.
 */
export async function storm(
  world: World,
  plan: readonly PlannedFault[],
  { end, say }: { end: AbortSignal; say: (line: string) => void },
): Promise<FaultRecord[]> {
  const startedAt = Date.now();
  const records: FaultRecord[] = [];
  const down = new Set<Service>();
  const under: Promise<void>[] = [];
  for (const { afterMs, ...fault } of plan) {
    await pause(startedAt + afterMs - Date.now(), end);
    if (end.aborted) break;
    const record: FaultRecord = { fault, at: Date.now(), overAt: null, skipped: obstacle(world, fault, down) };
    records.push(record);
    say(`${describeFault(fault)}${record.skipped === null ? '' : ` - left out: ${record.skipped}`}`);
    if (record.skipped !== null) continue;
    const work = inject(world, fault, down, end).catch((error: unknown) => {
      record.skipped = error instanceof Error ? error.message : String(error);
    });
    under.push(work.then(() => void (record.overAt = Date.now())));
  }
  await pause(startedAt + (plan.at(-1)?.afterMs ?? 0) - Date.now(), end);
  await Promise.all(under);
  return records;
}

function obstacle(world: World, fault: Fault, down: ReadonlySet<Service>): string | null {
  switch (fault.kind) {
    case 'kill':
    case 'freeze': {
      const state = world.processes.find(({ name }) => name === fault.process)?.state;
      return state === 'up' ? null : `it is ${state}`;
    }
    case 'restart':
      return down.has(fault.service) ? 'it is down' : null;
    case 'purge':
      return down.has('rabbitmq') ? 'RabbitMQ is down' : null;
    case 'flush':
      return down.has('redis') ? 'Redis is down' : null;
    case 'cut-process':
    case 'cut-service':
    case 'half-open':
      return null;
  }
}

async function inject(world: World, fault: Fault, down: Set<Service>, end: AbortSignal): Promise<void> {
  const process = 'process' in fault ? world.processes.find(({ name }) => name === fault.process) : undefined;
  const links = 'process' in fault ? world.links.get(fault.process) : undefined;
  switch (fault.kind) {
    case 'kill':
      return process?.kill(fault.downMs);
    case 'freeze':
      process?.freeze();
      await pause(fault.holdMs, end);
      return process?.thaw();
    case 'cut-process':
      return links?.proxies.forEach((proxy) => proxy.cut());
    case 'cut-service':
      for (const { proxies } of world.links.values()) proxies.get(fault.service)?.cut();
      return;
    case 'half-open': {
      const proxy = links?.proxies.get(fault.service);
      proxy?.pause();
      await pause(fault.holdMs, end);
      if (fault.then === 'breaks') proxy?.cut();
      return proxy?.resume();
    }
    case 'purge':
      return purgeQueues(world.services.rabbitmq.url, NAMES);
    case 'flush':
      return flushRedis(world.services.redis.url);
    case 'restart': {
      const service = world.services[fault.service];
      down.add(fault.service);
      await service[fault.how]();
      await sleep(fault.downMs);
      await startAgain(service);
      down.delete(fault.service);
    }
  }
}

/** Its port may be somebody's for a moment. */
async function startAgain(service: Started): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await service.start();
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(500);
    }
  }
}

/** Ends early when everything is to be repaired. */
async function pause(ms: number, end: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal: end }).catch(() => undefined);
}
