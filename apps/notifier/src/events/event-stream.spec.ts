import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { EventStream } from './event-stream.js';

it('of a client that has left already is over from its beginning', async () => {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.destroy();
  const settings = { heartbeatMs: 1_000_000, highWaterBytes: 1, slowMs: 1_000_000 };
  const stream = new EventStream(response, 'run.1', settings);
  expect(stream.signal.aborted).toBe(true);
  await stream.drain(1_000_000);
});
