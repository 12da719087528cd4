import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeMessage, liveEvents, messagesOf } from './live-events.js';
import type { StreamMessage } from './live-events.js';

const bytes = async function* (...parts: string[]) {
  for (const part of parts) yield new TextEncoder().encode(part);
};
const all = async <T>(from: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const one of from) found.push(one);
  return found;
};

it('reads what it writes, wherever the bytes are cut', async () => {
  const messages: StreamMessage[] = [
    { id: 'e:1', event: 'chunk', data: JSON.stringify({ content: 'a: b\n\nc' }) },
    { id: '', event: 'heartbeat', data: '{}' },
  ];
  const text = `retry: 1000\n\n${messages.map(encodeMessage).join('')}`;
  for (let cut = 0; cut <= text.length; cut++) {
    expect(await all(messagesOf(bytes(text.slice(0, cut), text.slice(cut))))).toEqual(messages);
  }
});

describe('from a notifier', () => {
  let server: Server;
  const asked: IncomingMessage['headers'][] = [];
  let answer: (response: ServerResponse, times: number) => void;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers);
      answer(response, asked.length);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => asked.splice(0));

  const follow = (signal = new AbortController().signal) =>
    liveEvents(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      runId: 'r',
      authorization: 'Bearer k',
      signal,
    });
  const stream = (response: ServerResponse, ...messages: StreamMessage[]) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(messages.map(encodeMessage).join(''));
  };
  const message = (id: string, event: string): StreamMessage => ({ id, event, data: '{}' });

  it('goes on from the last position where one went away, and ends with the run', async () => {
    answer = (response, times) => {
      if (times === 1) stream(response, message('e:1', 'stage'), message('e:2', 'chunk'), message('', 'heartbeat'));
      if (times === 1) return void setImmediate(() => response.destroy());
      if (times === 2) return void response.writeHead(503).end();
      stream(response, message('e:3', 'chunk'), message('e:4', 'complete'), message('e:5', 'never'));
    };
    expect((await all(follow())).map(({ id }) => id)).toEqual(['e:1', 'e:2', '', 'e:3', 'e:4']);
    expect(asked.map((headers) => headers['last-event-id'])).toEqual([undefined, 'e:2', 'e:2']);
    expect(asked.every(({ authorization }) => authorization === 'Bearer k')).toBe(true);
  });

  it('comes again when it is told to, and tells nobody of it', async () => {
    const drain = { id: '', event: 'drain', data: '{"reconnect_in_ms":1}' };
    answer = (response, times) => stream(response, times < 3 ? drain : message('e:1', 'complete'));
    expect((await all(follow())).map(({ event }) => event)).toEqual(['complete']);
    expect(asked).toHaveLength(3);
  });

  it.each([204, 401, 404])('asks once where it is answered %s', async (status) => {
    answer = (response) => void response.writeHead(status).end();
    expect(await all(follow())).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('lets go of it as soon as nobody listens', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    answer = (response) => {
      response.once('close', closed);
      stream(response, message('e:1', 'stage'));
    };
    const listener = new AbortController();
    for await (const { id } of follow(listener.signal)) {
      expect(id).toBe('e:1');
      listener.abort();
    }
    await gone;
    expect(asked).toHaveLength(1);
  });
});
