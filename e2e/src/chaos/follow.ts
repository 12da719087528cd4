import { setTimeout as sleep } from 'node:timers/promises';
import type { RunLiveEvent, ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL, runChannel } from '@planwright/contracts';
import { WebSocket } from 'ws';
import { socketUrl } from '../platform.js';
import { Transcript } from '../transcript.js';
import type { Random } from './random.js';

/** Somebody who follows a run to its end over however many connections. */
export interface Follow {
  readonly runId: string;
  readonly transcript: Transcript;
  connections: number;
  /** Resolves at the run's end, or when there is no sense in waiting any more. */
  readonly over: Promise<void>;
}

/** A frozen server keeps its connections; whoever hears nothing for so long goes elsewhere. */
const SILENT_MS = 6_000;
/** Pause before the next connection. */
const RETRY_MS = [200, 2_000] as const;

export function follow(
  runId: string,
  { gateways, random, giveUp }: { gateways: readonly [string, ...string[]]; random: Random; giveUp: AbortSignal },
): Follow {
  const transcript = new Transcript();
  const state = { runId, transcript, connections: 0 };
  const over = (async () => {
    while (!transcript.end && !giveUp.aborted) {
      state.connections++;
      await listen(socketUrl(random.pick(gateways)), runId, transcript, giveUp);
      if (!transcript.end) await sleep(random.between(...RETRY_MS));
    }
  })();
  return Object.assign(state, { over });
}

/** One connection; resolves when it is over, however it ended. */
function listen(url: string, runId: string, transcript: Transcript, giveUp: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, LIVE_SUBPROTOCOL, { handshakeTimeout: SILENT_MS });
    let silence = setTimeout(leave, SILENT_MS);
    function leave(): void {
      clearTimeout(silence);
      giveUp.removeEventListener('abort', leave);
      // What arrives on it from now on would come twice.
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.terminate();
      resolve();
    }
    giveUp.addEventListener('abort', leave);
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
      if (frame.type === 'error' || transcript.end) leave();
    });
  });
}
