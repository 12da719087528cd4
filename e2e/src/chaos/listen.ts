import { setTimeout as sleep } from 'node:timers/promises';
import type { RunLiveEvent, ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL, runChannel } from '@planwright/contracts';
import { WebSocket } from 'ws';
import { readMessages } from '../event-messages.js';
import { socketUrl } from '../platform.js';
import type { Transcript } from '../transcript.js';

interface Listening {
  /** Of a gateway. */
  url: string;
  runId: string;
  /** Goes on where this is. */
  transcript: Transcript;
  /** For so long nothing is read somewhere in between, in milliseconds. */
  stallMs: number;
  /** Cuts the connection. */
  cut: AbortSignal;
}
/** One connection; resolves when it is over, however it ended. */
type Listen = (listening: Listening) => Promise<void>;

/** A frozen server keeps its connections; whoever hears nothing for so long goes elsewhere. */
const SILENT_MS = 6_000;
/** What a request for a page waits, in seconds. */
const PAGE_SECONDS = 2;

const overSocket: Listen = ({ url, runId, transcript, stallMs, cut }) =>
  new Promise((resolve) => {
    const socket = new WebSocket(socketUrl(url), LIVE_SUBPROTOCOL, { handshakeTimeout: SILENT_MS });
    let silence = setTimeout(leave, SILENT_MS);
    let stalled = stallMs === 0;
    function leave(): void {
      clearTimeout(silence);
      cut.removeEventListener('abort', leave);
      // What arrives on it from now on would come twice.
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.terminate();
      resolve();
    }
    cut.addEventListener('abort', leave);
    socket.on('error', leave);
    socket.on('close', leave);
    socket.on('message', (data: Buffer) => {
      clearTimeout(silence);
      silence = setTimeout(leave, SILENT_MS);
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'welcome') {
        const { position } = transcript;
        const from = position && { epoch: position.epoch, after: position.seq };
        socket.send(JSON.stringify({ type: 'subscribe', channel: runChannel(runId), ...from }));
      }
      if (frame.type === 'reset') transcript.reset();
      if (frame.type === 'events') for (const event of frame.events) transcript.add(event as RunLiveEvent);
      if (frame.type === 'error' || transcript.end) return leave();
      if (frame.type !== 'events' || stalled) return;
      stalled = true;
      socket.pause();
      setTimeout(() => socket.isPaused && socket.resume(), stallMs);
    });
  });

const overStream: Listen = async ({ url, runId, transcript, stallMs, cut }) => {
  const { position } = transcript;
  const resume = position && { 'last-event-id': `${position.epoch}:${position.seq}` };
  const response = await fetch(eventsUrl(url, runId), {
    headers: { accept: 'text/event-stream', ...resume },
    signal: cut,
  });
  if (response.status !== 200 || !response.body) return;
  let stalled = stallMs === 0;
  for await (const { event, data = '' } of readMessages(response.body)) {
    if (cut.aborted) return;
    if (event === 'reset') transcript.reset();
    if (event === undefined || event === 'reset' || event === 'heartbeat' || event === 'drain') continue;
    transcript.add(JSON.parse(data) as RunLiveEvent);
    if (transcript.end) return;
    if (!stalled) await sleep(stallMs, undefined, { signal: cut });
    stalled = true;
  }
};

const overPages: Listen = async ({ url, runId, transcript, stallMs, cut }) => {
  while (!cut.aborted && !transcript.end) {
    const { position } = transcript;
    const place = position && { epoch: position.epoch, after: String(position.seq) };
    const query = new URLSearchParams({ ...place, wait: String(PAGE_SECONDS) });
    const response = await fetch(`${eventsUrl(url, runId)}?${query}`, { signal: cut });
    if (response.status !== 200) return;
    const page = (await response.json()) as { reset: boolean; events: RunLiveEvent[] };
    if (page.reset) transcript.reset();
    for (const event of page.events) transcript.add(event);
    await sleep(stallMs, undefined, { signal: cut });
  }
};

const eventsUrl = (url: string, runId: string): string => `${url}/v1/runs/${runId}/events`;

export const TRANSPORTS: readonly [Listen, ...Listen[]] = [overSocket, overStream, overPages];
