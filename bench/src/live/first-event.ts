import { once } from 'node:events';
import { createClient } from '@planwright/client';
import type { ServerFrame } from '@planwright/contracts';
import { LIVE_SUBPROTOCOL, runChannel } from '@planwright/contracts';
import { startDistributed } from '@planwright/e2e/distributed';
import { IDEA, untilEnded } from '@planwright/e2e/driver';
import { WebSocket } from 'ws';
import { median, quantile, rounded, show } from '../figures.js';
import { load } from '../process-usage.js';

const RUNS = Number(process.env['BENCH_RUNS'] ?? 40);
const WARM_UP_RUNS = 4;

/** From the request that starts a run, and from its answer, to the first event of it on a socket that is open already. */
export async function firstEvent(): Promise<object> {
  const platform = await startDistributed();
  const sinceAsked: number[] = [];
  const sinceAccepted: number[] = [];
  try {
    const client = createClient({ url: platform.url });
    const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/v1/live`, LIVE_SUBPROTOCOL);
    await once(socket, 'open');
    for (let i = -WARM_UP_RUNS; i < RUNS; i += 1) {
      const project = await client.projects.create(IDEA);
      const askedAt = performance.now();
      const run = await client.runs.start(project.id, { documents: ['prd'], mode: 'draft' });
      const acceptedAt = performance.now();
      const channel = runChannel(run.id);
      const first = new Promise<number>((resolve) => {
        socket.on('message', function hear(data: Buffer) {
          const frame = JSON.parse(data.toString()) as ServerFrame;
          if (frame.type !== 'events' || frame.channel !== channel) return;
          socket.off('message', hear);
          resolve(performance.now());
        });
      });
      socket.send(JSON.stringify({ type: 'subscribe', channel }));
      const at = await first;
      socket.send(JSON.stringify({ type: 'unsubscribe', channel }));
      await untilEnded(client, run.id, 60_000);
      if (i < 0) continue;
      sinceAsked.push(at - askedAt);
      sinceAccepted.push(at - acceptedAt);
    }
    socket.terminate();
  } finally {
    await platform.stop();
  }
  const figures = {
    runs: RUNS,
    accepted_p50_ms: rounded(median(sinceAccepted)),
    accepted_p95_ms: rounded(quantile(sinceAccepted, 0.95)),
    asked_p50_ms: rounded(median(sinceAsked)),
    asked_p95_ms: rounded(quantile(sinceAsked, 0.95)),
  };
  show(`first event: ${JSON.stringify(figures)}`);
  return { load: load(), ...figures };
}
