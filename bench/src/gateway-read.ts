import { availableParallelism, loadavg } from 'node:os';
import autocannon from 'autocannon';
import { createClient } from '@planwright/client';
import { startDistributed } from '@planwright/e2e/distributed';
import { IDEA, untilEnded } from '@planwright/e2e/driver';
import { rounded, show } from './figures.js';

const CONNECTIONS = Number(process.env['BENCH_CONNECTIONS'] ?? 50);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 15);
/** A rate that a gateway takes with room to spare, for what a request takes where nobody queues. */
const STEADY_PER_SECOND = Number(process.env['BENCH_STEADY'] ?? 800);
/** Before what counts: the code is compiled, and every connection to the database has its plans. */
const WARM_UP_SECONDS = 5;
const KEY = 'bench-gateway-read-0123456789';
const HEADERS = { authorization: `Bearer ${KEY}` };

/**
 * What a gateway reads in a second: `GET /v1/runs/{id}` of a finished PRD, with a key, by many connections that each ask
 * again as soon as they are answered; then how long an answer takes at a steady rate over the same connections. Everything
 * else that a request needs runs on the same machine.
 */
export async function gatewayRead(): Promise<object> {
  const platform = await startDistributed({
    env: { PLANWRIGHT_AUTH: 'required', PLANWRIGHT_REQUESTS_PER_MINUTE: '0', PLANWRIGHT_BOOTSTRAP_KEY: KEY },
  });
  try {
    const client = createClient({ url: platform.url, apiKey: KEY });
    const project = await client.projects.create(IDEA);
    const { id } = await client.runs.start(project.id, { documents: ['prd'], mode: 'detailed' });
    await untilEnded(client, id, 60_000);
    const url = `${platform.url}/v1/runs/${id}`;
    const load = () => rounded(loadavg()[0] ?? 0, 2);
    const loadBefore = load();
    await ask(url, WARM_UP_SECONDS);
    const result = await ask(url, SECONDS);
    const steady = await ask(url, SECONDS, STEADY_PER_SECOND);
    const figures = {
      connections: CONNECTIONS,
      seconds: SECONDS,
      requests_per_second: rounded(result.requests.average),
      p50_ms: result.latency.p50,
      p99_ms: result.latency.p99,
      worst_ms: result.latency.max,
      steady_requests_per_second: rounded(steady.requests.average),
      steady_p50_ms: steady.latency.p50,
      steady_p99_ms: steady.latency.p99,
      errors: failuresOf(result) + failuresOf(steady),
      bytes_per_answer: rounded(result.throughput.total / result.requests.total),
      processors: availableParallelism(),
      load_before: loadBefore,
    };
    const { requests_per_second, p50_ms, p99_ms, worst_ms, errors } = figures;
    const { steady_requests_per_second, steady_p50_ms, steady_p99_ms } = figures;
    show(`GET /v1/runs/{id}, ${CONNECTIONS} connections for ${SECONDS} s: ${requests_per_second} requests a second`);
    show(`  p50 ${p50_ms} ms, p99 ${p99_ms} ms, worst ${worst_ms} ms, ${errors} errors; load before ${loadBefore}`);
    show(`  at a steady ${steady_requests_per_second} a second: p50 ${steady_p50_ms} ms, p99 ${steady_p99_ms} ms`);
    return figures;
  } finally {
    await platform.stop();
  }
}

const failuresOf = ({ errors, timeouts, non2xx }: autocannon.Result): number => errors + timeouts + non2xx;

function ask(url: string, duration: number, perSecond?: number) {
  const pace = perSecond === undefined ? {} : { overallRate: perSecond };
  return autocannon({ url, connections: CONNECTIONS, duration, headers: HEADERS, ...pace });
}
