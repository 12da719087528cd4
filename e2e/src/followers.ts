import type { RunLiveEvent, ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL, runChannel } from '@planwright/contracts';
import { WebSocket } from 'ws';
import { readMessages } from './event-messages.js';
import { socketUrl } from './platform.js';
import { Transcript } from './transcript.js';

/** Somebody who follows one run on one connection. */
export interface Follower {
  readonly transcript: Transcript;
  /** Breaks the connection without a goodbye. */
  cut(): void;
}

interface FollowOptions {
  url: string;
  runId: string;
  apiKey?: string;
  /** Goes on in this transcript, at its position. */
  resume?: Transcript;
}

export type Follow = (options: FollowOptions) => Promise<Follower>;

/** Follows over WebSocket; resolves when the subscription is answered. */
export const followSocket: Follow = async ({ url, runId, apiKey, resume }) => {
  const transcript = resume ?? new Transcript();
  const position = transcript.position;
  const channel = runChannel(runId);
  const socket = new WebSocket(socketUrl(url), LIVE_SUBPROTOCOL, {
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`the socket closed with ${code} ${reason.toString()}`)));
    socket.on('message', (data: Buffer) => {
      const at = Date.now();
      const frame = JSON.parse(data.toString()) as ServerFrame;
      switch (frame.type) {
        case 'welcome': {
          const from = position && { epoch: position.epoch, after: position.seq };
          return socket.send(JSON.stringify({ type: 'subscribe', channel, ...from }));
        }
        case 'subscribed':
          return resolve();
        case 'reset':
          transcript.reset();
          return resolve();
        case 'events':
          for (const event of frame.events) transcript.add(event as RunLiveEvent, at);
          return;
        case 'error':
          return reject(new Error(`${frame.code}: ${frame.message}`));
        default:
          return;
      }
    });
  });
  return { transcript, cut: () => socket.terminate() };
};

/** Follows over server-sent events; resolves when the answer begins. */
const followStream: Follow = async ({ url, runId, apiKey, resume }) => {
  const transcript = resume ?? new Transcript();
  const position = transcript.position;
  const connection = new AbortController();
  const response = await fetch(`${url}/v1/runs/${runId}/events`, {
    headers: {
      accept: 'text/event-stream',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(position ? { 'last-event-id': `${position.epoch}:${position.seq}` } : {}),
    },
    signal: connection.signal,
  });
  if (response.status === 204) return { transcript, cut: () => connection.abort() };
  if (response.status !== 200 || !response.body) {
    throw new Error(`the event stream answered ${response.status}: ${await response.text()}`);
  }
  void readStream(response.body, transcript).catch(() => undefined);
  return { transcript, cut: () => connection.abort() };
};

async function readStream(body: ReadableStream<Uint8Array>, transcript: Transcript): Promise<void> {
  for await (const message of readMessages(body)) {
    const at = Date.now();
    if (message['event'] === 'reset') transcript.reset();
    if (message['id'] === undefined || message['data'] === undefined) continue;
    const event = JSON.parse(message['data']) as RunLiveEvent;
    if (message['id'] !== `${event.epoch}:${event.seq}`) transcript.faults.push(`id ${message['id']} of ${event.seq}`);
    if (message['event'] !== event.type) transcript.faults.push(`event ${message['event']} of type ${event.type}`);
    transcript.add(event, at);
  }
}

export const FOLLOWS: readonly [string, Follow][] = [
  ['WebSocket', followSocket],
  ['event stream', followStream],
];
