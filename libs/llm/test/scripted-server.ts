import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- the assertions state its shape
  /** The other side hung up before the answer was complete. */
  wasCut: boolean;
}

export type Script = (answer: ServerResponse, request: SeenRequest) => void | Promise<void>;

/** An HTTP server that answers each request as its script says, and remembers what it was asked. */
export async function startScriptedServer(): Promise<{
  origin: string;
  host: string;
  requests: SeenRequest[];
  answerWith(script: Script): void;
  stop(): Promise<void>;
}> {
  const requests: SeenRequest[] = [];
  let script: Script = (answer) => void answer.writeHead(501).end();
  const server = createServer((request, answer) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const seen: SeenRequest = { method, path, headers, body: JSON.parse(body || 'null'), wasCut: false };
      requests.push(seen);
      answer.on('close', () => (seen.wasCut = !answer.writableFinished));
      void (async () => script(answer, seen))().catch((error: unknown) => answer.destroy(error as Error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    requests,
    answerWith: (next) => {
      script = next;
      requests.length = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Begins an answer that streams events. */
export function openStream(answer: ServerResponse, headers: Record<string, string> = {}): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...headers });
  answer.flushHeaders();
}

/** One server-sent event. */
export function sse(data: unknown, event?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}
