import type { RunLiveEvent, ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL, RUN_END_TYPES } from '@planwright/contracts';
import { WebSocket } from 'ws';
import type { Random } from '../chaos/random.js';
import { socketUrl } from '../platform.js';
import { readMessages } from '../event-messages.js';
import type { WrittenRun } from './written-run.js';

interface Place {
  epoch: string;
  after: number;
}
/** Takes the events after a place over a connection of its own, which it cuts when it has so many. */
type Take = (url: string, run: WrittenRun, from: Place | undefined, most: number) => Promise<RunLiveEvent[]>;

const isEnd = (event: RunLiveEvent | undefined): boolean => RUN_END_TYPES.some((type) => type === event?.type);

const overSocket: Take = (url, { channel }, from, most) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl(url), LIVE_SUBPROTOCOL);
    const taken: RunLiveEvent[] = [];
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`the socket closed with ${code}`)));
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'welcome') socket.send(JSON.stringify({ type: 'subscribe', channel, ...from }));
      if (frame.type === 'reset' || frame.type === 'error') reject(new Error(`told ${JSON.stringify(frame)}`));
      if (frame.type !== 'events') return;
      taken.push(...(frame.events as RunLiveEvent[]));
      if (taken.length < most && !isEnd(taken.at(-1))) return;
      socket.removeAllListeners('close');
      socket.terminate();
      resolve(taken.slice(0, most));
    });
  });

const overStream: Take = async (url, { id }, from, most) => {
  const connection = new AbortController();
  const headers = { accept: 'text/event-stream', ...(from && { 'last-event-id': `${from.epoch}:${from.after}` }) };
  const response = await fetch(`${url}/v1/runs/${id}/events`, { headers, signal: connection.signal });
  if (response.status !== 200 || !response.body) throw new Error(`the event stream answered ${response.status}`);
  const taken: RunLiveEvent[] = [];
  for await (const { event, data } of readMessages(response.body)) {
    if (event === 'reset' || event === 'drain') throw new Error(`told ${event} ${data}`);
    if (event === 'heartbeat' || event === undefined) continue;
    taken.push(JSON.parse(data ?? '') as RunLiveEvent);
    if (taken.length >= most || isEnd(taken.at(-1))) break;
  }
  connection.abort();
  return taken;
};

const overPage: Take = async (url, { id }, from, most) => {
  const place = from && { epoch: from.epoch, after: String(from.after) };
  const query = new URLSearchParams({ ...place, limit: String(most), wait: '5' });
  const response = await fetch(`${url}/v1/runs/${id}/events?${query}`);
  const page = (await response.json()) as { reset: boolean; events: RunLiveEvent[] };
  if (response.status !== 200 || page.reset) throw new Error(`the page says ${JSON.stringify(page)}`);
  return page.events;
};

const TAKES: readonly [Take, ...Take[]] = [overSocket, overStream, overPage];

export interface Journey {
  events: RunLiveEvent[];
  cuts: number;
}

/** Reads a finished run from its beginning, each stretch over another connection, transport and replica, by chance. */
export async function journey(
  run: WrittenRun,
  { urls, random, stretch }: { urls: readonly [string, ...string[]]; random: Random; stretch: number },
): Promise<Journey> {
  const events: RunLiveEvent[] = [];
  let cuts = -1;
  while (!isEnd(events.at(-1))) {
    const last = events.at(-1);
    const from = last && { epoch: last.epoch, after: last.seq };
    events.push(...(await random.pick(TAKES)(random.pick(urls), run, from, random.between(1, stretch))));
    cuts += 1;
  }
  return { events, cuts };
}

/** Sections side by side, attempts that are given up, pieces of any length: a run as chance writes it, ended. */
export async function writeByChance(run: WrittenRun, random: Random): Promise<void> {
  const sections = ['a', 'b', 'c', 'd'].slice(0, random.between(1, 4));
  await run.stage(sections);
  for (const section of sections) await run.start(section);
  const open = new Set(sections);
  for (let pieces = 0; open.size > 0; pieces += 1) {
    const [first = '', ...others] = open;
    const section = random.pick([first, ...others]);
    const piece = random.pick(['word ', 'Größe ', '😀', 'A whole sentence, with a comma. ', '\n\n']);
    await run.write(section, piece.repeat(random.between(1, 3)));
    if (random.chance(0.03)) await run.start(section);
    if (random.chance(0.1)) await run.progress(sections.length - open.size, sections.length);
    if (pieces < 60 && !random.chance(0.02)) continue;
    await run.complete(section);
    open.delete(section);
  }
  await run.end();
}

/**
 * Events as all transports tell them alike: chunks between two other events are joined by section and attempt, without
 * what was told before. Throws where the numbers leave a gap, come twice, or a chunk differs from what was told before.
 */
export function joined(events: readonly RunLiveEvent[]): unknown[] {
  const list: unknown[] = [];
  const texts = new Map<string, string>();
  let chunks = new Map<string, string>();
  let last = 0;
  for (const event of events) {
    const from = ('from_seq' in event ? event.from_seq : undefined) ?? event.seq;
    if (from !== last + 1) throw new Error(`${from} follows ${last}`);
    last = event.seq;
    if (event.type !== 'chunk') {
      if (chunks.size > 0) list.push(Object.fromEntries([...chunks].toSorted(([a], [b]) => a.localeCompare(b))));
      chunks = new Map();
      list.push(event);
      continue;
    }
    const key = `${event.section_id}/${event.attempt}`;
    const known = texts.get(key) ?? '';
    const overlap = known.length - event.offset;
    if (overlap < 0 || !known.startsWith(event.content.slice(0, overlap), event.offset))
      throw new Error(`chunk ${event.seq} of ${key}`);
    const more = event.content.slice(overlap);
    texts.set(key, known + more);
    if (more !== '') chunks.set(key, (chunks.get(key) ?? '') + more);
  }
  return list;
}
