import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunLiveEvent, ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL } from '@planwright/contracts';
import type { AppProcess } from '@planwright/e2e/app-process';
import { followSocket } from '@planwright/e2e/followers';
import { startLivePlatform } from '@planwright/e2e/live-platform';
import type { WrittenRun } from '@planwright/e2e/live-platform';
import { Transcript } from '@planwright/e2e/transcript';
import { WebSocket } from 'ws';
import { median, quantile, rounded, show } from '../figures.js';
import type { HeldMemory } from '../held-memory.js';
import { heldMemory, MEMORY_PROBE } from '../held-memory.js';
import { load } from '../process-usage.js';
import { Crowd } from './crowd.js';
import { stamp } from './member.js';

const FAST = Number(process.env['BENCH_FAST_READERS'] ?? 500);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
/** Of each part of a round: the slow reader is closed 7 seconds after its connection is full, and looked at before. */
const PART_SECONDS = 4;
const WARM_UP_SECONDS = 10;
/** Text of a run a second, in chunks of 4,000 characters: more than the kernels hold within some seconds. */
const CHUNKS_PER_SECOND = 20;
const CHUNK = 'A sentence of a plan. '.repeat(182);
/** Nobody is left open for longer. */
const CLOSED_MS = 60_000;

/**
 * One reader stops reading beside many that read: what it costs the notifier and the others, and how it ends. Each round
 * has a part without it and one with it; figures are medians over the rounds, as single ones say more of the machine.
 */
export async function slowReader(): Promise<object> {
  const platform = await startLivePlatform({ preload: MEMORY_PROBE });
  const [notifier] = platform.notifiers;
  const [url] = platform.urls;
  try {
    if (!notifier) throw new Error('there is no notifier');
    const run = await platform.newRun();
    await run.start('a');
    const crowd = new Crowd(Array<string>(FAST).fill(run.channel), platform.urls);
    await crowd.join(2_000);
    await write(run, WARM_UP_SECONDS);
    const rounds: Round[] = [];
    let last: Transcript | undefined;
    for (let i = 0; i < ROUNDS; i += 1) {
      const without = await part(run, crowd, notifier);
      const slow = await stalled(url, run);
      const during = await part(run, crowd, notifier);
      const kernelBytes = await unsentBytes(url, slow.wire.localPort ?? 0);
      if (kernelBytes === null) throw new Error('the slow reader was closed before the notifier was measured');
      while ((await unsentBytes(url, slow.wire.localPort ?? 0)) !== null) {
        if (performance.now() - slow.stoppedAt > CLOSED_MS) throw new Error('the slow reader was not closed');
        await write(run, 0.2);
      }
      rounds.push({ without, during, kernelBytes, closedAfterMs: performance.now() - slow.stoppedAt });
      slow.wire.destroy();
      last = slow.transcript;
      show(`  round ${i + 1}: ${JSON.stringify(rounds.at(-1))}`);
    }

    await crowd.disband();
    const { transcript } = await followSocket({ url, runId: run.id, ...(last && { resume: last }) });
    await run.complete('a');
    await run.end();
    await transcript.untilEnd(60_000);
    for (const fault of transcript.faults.slice(0, 3)) show(`  fault: ${fault}`);
    const complete = transcript.events.find(({ type }) => type === 'section_complete');
    const text = run.texts.get('a');
    const exact = complete?.type === 'section_complete' && complete.content === text && transcript.faults.length === 0;
    const of = (find: (round: Round) => number, digits = 0) => rounded(median(rounds.map(find)), digits);
    const figures = {
      fast_readers: FAST,
      rounds: ROUNDS,
      closed_after_ms: of(({ closedAfterMs }) => closedAfterMs),
      extra_held_kib: of(({ without, during }) => during.heldKib - without.heldKib),
      extra_resident_kib: of(({ without, during }) => during.residentKib - without.residentKib),
      kernel_send_queue_kib: of(({ kernelBytes }) => kernelBytes / 1_024),
      fast_p50_without_ms: of(({ without }) => without.p50Ms, 1),
      fast_p50_during_ms: of(({ during }) => during.p50Ms, 1),
      fast_p99_without_ms: of(({ without }) => without.p99Ms, 1),
      fast_p99_during_ms: of(({ during }) => during.p99Ms, 1),
      fast_p99_ratio: of(({ without, during }) => during.p99Ms / without.p99Ms, 2),
      recovers_exactly: exact && transcript.text(run.documentId, 'a') === text,
      resets: transcript.resets,
    };
    show(`slow reader: ${JSON.stringify(figures)}`);
    return { load: load(), ...figures };
  } finally {
    await platform.stop();
  }
}

interface Part extends HeldMemory {
  p50Ms: number;
  p99Ms: number;
}

interface Round {
  without: Part;
  during: Part;
  kernelBytes: number;
  closedAfterMs: number;
}

async function write(run: WrittenRun, seconds: number): Promise<void> {
  for (let i = 0; i < seconds * CHUNKS_PER_SECOND; i += 1) {
    await run.write('a', stamp() + CHUNK);
    await sleep(1_000 / CHUNKS_PER_SECOND);
  }
}

/** Writes for a while. Memory is looked at after it, as that holds the process up. */
async function part(run: WrittenRun, crowd: Crowd, notifier: AppProcess): Promise<Part> {
  await crowd.count();
  await write(run, PART_SECONDS);
  const { delays } = await crowd.count();
  return { p50Ms: median(delays), p99Ms: quantile(delays, 0.99), ...(await heldMemory(notifier)) };
}

/** A reader that wants all there is from the beginning, and reads nothing more once it has got some of it. */
async function stalled(url: string, run: WrittenRun) {
  const { hostname, port } = new URL(url);
  const wire = connect(Number(port), hostname);
  const transcript = new Transcript();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, LIVE_SUBPROTOCOL, {
    createConnection: () => wire,
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'welcome') socket.send(JSON.stringify({ type: 'subscribe', channel: run.channel }));
      if (frame.type !== 'events') return;
      for (const event of frame.events) transcript.add(event as RunLiveEvent);
      wire.pause();
      resolve();
    });
  });
  return { wire, transcript, stoppedAt: performance.now() };
}

const ESTABLISHED = '01';

/** What the notifier's kernel holds for a client, in bytes (proc(5), `tcp`); null when the connection is not open any more. */
async function unsentBytes(url: string, clientPort: number): Promise<number | null> {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const [server, client] = [hex(Number(new URL(url).port)), hex(clientPort)];
  for (const line of (await readFile('/proc/net/tcp', 'utf8')).split('\n')) {
    const [, local = '', remote = '', state, queues = ''] = line.trim().split(/\s+/);
    if (!local.endsWith(`:${server}`) || !remote.endsWith(`:${client}`)) continue;
    return state === ESTABLISHED ? Number.parseInt(queues.split(':')[0] ?? '0', 16) : null;
  }
  return null;
}
