import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scripts } from './script.js';
import type { ScriptedProvider } from './scripted-provider.js';

export interface ControlServer {
  /** `http://127.0.0.1:…`, for `ScriptedProviderClient`. */
  url: string;
  close(): Promise<void>;
}

/** Lets a test in another process tell the provider what to do. On loopback only. */
export async function serveScriptedProvider(provider: ScriptedProvider, port = 0): Promise<ControlServer> {
  const server = createServer((request, response) => {
    answer(provider, request, response).catch((error: unknown) => send(response, 400, { error: String(error) }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(provider: ScriptedProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, what, section] = (request.url ?? '').split('/').map(decodeURIComponent);
  const action = `${request.method} ${what}`;
  if (action === 'GET calls') return send(response, 200, provider.calls);
  if (action === 'PUT scripts' && section) provider.script(section, ...scripts.parse(await json(request)));
  else if (action === 'POST release' && section) provider.release(section);
  else if (action === 'POST reset') provider.reset();
  else return send(response, 404, { error: `no ${action}` });
  send(response, 200, {});
}

async function json(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
