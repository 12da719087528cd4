import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from './text-frame.js';

describe('a text as a WebSocket frame', () => {
  let server: WebSocketServer;
  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
  });
  afterAll(() => {
    server.close();
  });

  it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])(
    'of %d bytes arrives as it is, between frames of others',
    async (bytes) => {
      const text = 'x'.repeat(bytes);
      const texts = [text, `${text.slice(4)}😀`, 'last'];
      server.once('connection', (socket, request) => {
        for (const one of texts) {
          request.socket.write(textFrame(one));
          socket.send('between');
        }
      });
      const { port } = server.address() as { port: number };
      const client = new WebSocket(`ws://127.0.0.1:${port}`);
      expect(await messages(client, texts.length * 2)).toEqual(texts.flatMap((one) => [one, 'between']));
      client.terminate();
    },
  );
});

function messages(client: WebSocket, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const heard: string[] = [];
    client.on('error', reject);
    client.on('message', (data: Buffer) => {
      heard.push(data.toString());
      if (heard.length === count) resolve(heard);
    });
  });
}
