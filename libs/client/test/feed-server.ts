import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunLiveEvent } from '@planwright/contracts';

type Answer = (request: IncomingMessage, response: ServerResponse, connection: number) => void;

/** A real HTTP server whose every answer is written by the test; knows which answers are still open. */
export class FeedServer {
  readonly requests: {
    method: string;
    url: string;
    lastEventId: string | undefined;
    headers: IncomingMessage['headers'];
  }[] = [];
  open = 0;
  private readonly server = createServer((request, response) => {
    this.open += 1;
    response.once('close', () => (this.open -= 1));
    const { method = '', url = '', headers } = request;
    this.requests.push({ method, url, lastEventId: headers['last-event-id'] as string | undefined, headers });
    this.answer(request, response, this.requests.length);
  });

  private constructor(private readonly answer: Answer) {}

  static async start(answer: Answer): Promise<FeedServer> {
    const feed = new FeedServer(answer);
    feed.server.listen(0, '127.0.0.1');
    await once(feed.server, 'listening');
    return feed;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Closing twice is fine. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

export function send(response: ServerResponse, ...events: RunLiveEvent[]): void {
  for (const event of events) {
    response.write(`id: ${event.epoch}:${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
}

export function sendProblem(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  const problem = { type: 'about:blank', title: code, status, code, detail: `It is ${code}.`, advice: 'Look again.' };
  response.end(JSON.stringify(problem));
}
