import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { startTcpProxy, throughProxy, type TcpProxy } from './tcp-proxy.js';
import { waitFor } from './wait-for.js';

let echo: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startTcpProxy(portOf(echo));
});

afterEach(async () => {
  clients.splice(0).forEach((client) => client.destroy());
  await proxy.close();
  echo.close();
});

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function client(): { socket: Socket; received: () => string; errors: string[] } {
  const socket = connect(proxy.port, proxy.host);
  clients.push(socket);
  let text = '';
  const errors: string[] = [];
  socket.on('data', (data) => (text += data.toString()));
  socket.on('error', (error) => errors.push('code' in error ? String(error.code) : error.message));
  return { socket, received: () => text, errors };
}

test('bytes pass both ways, more of them than any buffer holds', async () => {
  const { socket, received } = client();
  const text = 'x'.repeat(5_000_000);
  socket.write(text);
  await waitFor(() => received().length === text.length, { what: 'the echo' });
});

test('a cut resets what is open, and the next connection works', async () => {
  const first = client();
  first.socket.write('a');
  await waitFor(() => first.received() === 'a', { what: 'the echo' });
  proxy.cut();
  await waitFor(() => first.errors.includes('ECONNRESET'), { what: 'the reset' });
  expect(proxy.connections()).toBe(0);

  const second = client();
  second.socket.write('b');
  await waitFor(() => second.received() === 'b', { what: 'the echo' });
  expect(proxy.accepted()).toBe(2);
});

test('a paused proxy is silent for old and new connections, and loses nothing', async () => {
  const old = client();
  old.socket.write('a');
  await waitFor(() => old.received() === 'a', { what: 'the echo' });
  proxy.pause();
  const fresh = client();
  old.socket.write('b');
  fresh.socket.write('c');
  await expect(
    waitFor(() => old.received() + fresh.received() !== 'a', { what: 'any byte', timeoutMs: 100 }),
  ).rejects.toThrow('waited 100 ms in vain for any byte');
  expect([old.socket.destroyed, fresh.socket.destroyed]).toEqual([false, false]);
  proxy.resume();
  await waitFor(() => old.received() === 'ab' && fresh.received() === 'c', { what: 'what was held back' });
});

test('a refusing proxy resets everybody until it resumes', async () => {
  const first = client();
  proxy.refuse();
  await waitFor(() => first.socket.destroyed, { what: 'the reset' });
  const second = client();
  await waitFor(() => second.socket.destroyed, { what: 'the second reset' });
  proxy.resume();
  const third = client();
  third.socket.write('d');
  await waitFor(() => third.received() === 'd', { what: 'the echo' });
});

test('the end of one side reaches the other', async () => {
  const { socket, received } = client();
  socket.write('a');
  await waitFor(() => received() === 'a', { what: 'the echo' });
  socket.end();
  await waitFor(() => proxy.connections() === 0, { what: 'the connection to end' });
});

test('a server that came back at another address is found by the next connection', async () => {
  const other = createServer((socket) => socket.end('other')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  let target = `tcp://127.0.0.1:${portOf(echo)}`;
  const moving = await startTcpProxy(() => target);
  try {
    target = `tcp://127.0.0.1:${portOf(other)}`;
    let text = '';
    const socket = connect(moving.port, moving.host).on('data', (data) => (text += data.toString()));
    await once(socket, 'close');
    expect(text).toBe('other');
  } finally {
    await moving.close();
    other.close();
  }
});

test('a URL goes through the proxy with its user and path kept', () => {
  expect(throughProxy('amqp://guest:guest@broker.local/vhost', proxy)).toBe(
    `amqp://guest:guest@127.0.0.1:${proxy.port}/vhost`,
  );
});
