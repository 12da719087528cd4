import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@planwright/testing';
import { openStream, startScriptedServer } from '../../test/scripted-server.js';
import { NoAnswer, NotAStream, patientFetch } from './patient-fetch.js';

describe('the way to the network', () => {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;
  beforeAll(async () => {
    server = await startScriptedServer();
  });
  afterAll(async () => server.stop());

  it('lets the next call keep the connection that a late abort belonged to', async () => {
    const ports: unknown[] = [];
    let finish: () => void = () => undefined;
    server.answerWith((answer, { body }) => {
      ports.push(answer.socket?.remotePort);
      openStream(answer);
      if (body.call === 1) answer.end('one');
      else finish = () => void answer.end('two');
    });
    const stop = new AbortController();
    const call = async (number: number, signal?: AbortSignal) =>
      patientFetch(server.origin, {
        method: 'POST',
        body: JSON.stringify({ call: number }),
        ...(signal && { signal }),
      });
    expect(await (await call(1, stop.signal)).text()).toBe('one');
    // The connection is idle a moment later.
    await new Promise(setImmediate);
    const second = await call(2);
    stop.abort();
    finish();
    expect(await second.text()).toBe('two');
    expect(ports[1]).toBe(ports[0]);
  });

  it('asks for bytes as they are, and for nothing else', async () => {
    server.answerWith((answer) => void answer.writeHead(200, { 'content-type': 'text/event-stream' }).end());
    await patientFetch(new URL(server.origin), { headers: { accept: 'text/event-stream', 'x-other': '1' } });
    expect(server.requests[0]?.headers).toEqual({
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      connection: 'keep-alive',
      host: server.host,
    });
  });

  it('keeps headers that come twice', async () => {
    server.answerWith(
      (answer) =>
        void answer
          .writeHead(
            200,
            [
              ['x-a', '1'],
              ['x-a', '2'],
            ].flat(),
          )
          .end(),
    );
    expect((await patientFetch(server.origin)).headers.get('x-a')).toBe('1, 2');
  });

  it('has no answer where the status is none', async () => {
    server.answerWith((answer) => void answer.writeHead(999).end());
    await expect(patientFetch(server.origin)).rejects.toBeInstanceOf(NoAnswer);
  });

  it.each([204, 205, 304])('takes an answer without a body for none: %d', async (status) => {
    server.answerWith((answer) => void answer.writeHead(status).end());
    await expect(patientFetch(server.origin)).rejects.toMatchObject({ name: 'NotAStream', status, body: '' });
  });

  it('keeps what came of a refusal that breaks off', async () => {
    server.answerWith((answer) => {
      answer.writeHead(500, { 'content-type': 'application/json', 'content-length': '100' });
      answer.write('{"error":', () => answer.socket?.destroy());
    });
    const error = await patientFetch(server.origin).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotAStream);
    expect(error).toMatchObject({ status: 500, body: '{"error":' });
  });

  it('fails where the answer is not HTTP', async () => {
    const other = createServer();
    other.on('connection', (socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(patientFetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      name: 'NoAnswer',
      errors: [{ code: expect.stringMatching(/^HPE_/) }],
    });
    other.close();
    await waitFor(() => !other.listening, { what: 'the server to close' });
  });
});
