import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics.js';
import type { HealthRegistry } from './health-registry.js';

export interface HealthServer {
  /** The port it listens on; the one that was found free where 0 was asked for. */
  port: number;
  close(): Promise<void>;
}

/**
 * The port of processes that serve nothing else. `/healthz` answers as long as the event loop turns (restart me
 * otherwise); `/readyz` runs the registry's checks and answers 503 while one fails (send me no work).
 */
export async function startHealthServer(options: {
  host: string;
  port: number;
  registry: HealthRegistry;
  /** Served on `/metrics`. */
  metrics?: Metrics;
}): Promise<HealthServer> {
  const server = createServer((request, response) => {
    void answer(request, response, options);
  });
  server.listen(options.port, options.host);
  // Rejects with the `error` event: a port in use is for `runMain` to say.
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, metrics }: { registry: HealthRegistry; metrics?: Metrics },
): Promise<void> {
  const [path] = (request.url ?? '/').split('?');
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, { error: 'use GET' });
  if (path === '/healthz') return send(response, 200, { status: 'ok' });
  if (path === '/readyz') {
    const report = await registry.check();
    return send(response, report.ok ? 200 : 503, { status: report.ok ? 'ok' : 'unavailable', checks: report.checks });
  }
  if (path === '/metrics' && metrics) {
    const { contentType, body } = await metrics.render();
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
    return void response.end(body);
  }
  return send(response, 404, { error: `there are /healthz, /readyz${metrics ? ' and /metrics' : ''} here` });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
