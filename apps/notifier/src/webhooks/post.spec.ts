import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { Socket } from 'node:net';
import tls from 'node:tls';
import { jest } from '@jest/globals';
import { waitFor } from '@planwright/testing';
import { TEST_CERTIFICATE } from '../../test/certificate.js';
import type { AddressPolicy } from './addresses.js';
import { localPolicy, publicPolicy, readNetwork } from './addresses.js';
import { post } from './post.js';
import type { PostOptions } from './post.js';
import { dnsResolver, localResolver } from './resolve.js';
import type { Resolve } from './resolve.js';

const servers: Server[] = [];
/** Every connection this process tries to make, to wherever. */
const connect = jest.spyOn(Socket.prototype, 'connect');
let requests: http.IncomingMessage[];
beforeEach(() => {
  requests = [];
  connect.mockClear();
});
afterAll(async () => {
  connect.mockRestore();
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
});

async function listen<S extends Server>(server: S, host = '127.0.0.1', port = 0): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
}
const receive = (answer: http.RequestListener = (_, response) => response.end('ok')) =>
  listen(
    http.createServer((request, response) => {
      requests.push(request);
      answer(request, response);
    }),
  );

const send = (url: string, options: Partial<PostOptions> = {}) =>
  post(
    { url, headers: { 'content-type': 'application/json' }, body: '{"a":"ü"}' },
    {
      policy: localPolicy(),
      resolve: localResolver(),
      timeoutMs: 5_000,
      signal: new AbortController().signal,
      ...options,
    },
  );
const REFUSED = { type: 'unanswered', error: 'The host has no address, or one that is not public.' };

/** Names by address, as somebody's DNS would have them; all else is asked of the DNS that does not know `.test`. */
const DNS: Record<string, readonly string[]> = {
  'loopback.test': ['127.0.0.1'],
  'loopback6.test': ['::1'],
  'metadata.test': ['169.254.169.254'],
  'metadata6.test': ['fd00:ec2::254'],
  'private.test': ['10.1.2.3'],
  'mapped.test': ['::ffff:192.168.1.1'],
  'nat64.test': ['64:ff9b::10.0.0.1'],
  'sixtofour.test': ['2002:7f00:1::1'],
  'first-public.test': ['8.8.8.8', '127.0.0.1'],
  'last-public.test': ['fe80::1', '8.8.8.8'],
  'cgnat.test': ['100.64.1.1'],
  'nothing.test': [],
  'nonsense.test': ['not an address'],
};
const byName: Resolve = async (host) => {
  const known = DNS[host.replace(/\.$/, '')];
  if (known) return known;
  return /^[\d.]+$|:/.test(host) ? [host] : [];
};

const FORBIDDEN = [
  // The machine itself, in every way of writing it.
  ...[
    'https://127.0.0.1',
    'https://127.1',
    'https://127.0.1',
    'https://2130706433',
    'https://0x7f000001',
    'https://0x7f.1',
  ],
  ...[
    'https://017700000001',
    'https://0177.0.0.1',
    'https://0x7f.0x0.0x0.0x1',
    'https://127.0.0.1.',
    'https://127.255.255.254',
  ],
  ...[
    'https://０１７７.0.0.1',
    'https://127。0。0。1',
    'https://①②⑦.⓪.⓪.①',
    'https://0',
    'https://0.0.0.0',
    'https://00000',
  ],
  ...[
    'https://[::1]',
    'https://[::]',
    'https://[0:0:0:0:0:0:0:1]',
    'https://[::ffff:127.0.0.1]',
    'https://[::ffff:7f00:1]',
  ],
  ...['https://[::127.0.0.1]', 'https://[64:ff9b::7f00:1]', 'https://[64:ff9b::127.0.0.1]', 'https://[2002:7f00:1::]'],
  ...['https://localhost', 'https://localhost.', 'https://LOCALHOST', 'https://a.localhost', 'https://%6cocalhost'],
  // Metadata of cloud providers.
  ...[
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe',
    'https://2852039166',
    'https://0251.0376.0251.0376',
  ],
  ...['https://[::ffff:169.254.169.254]', 'https://[fd00:ec2::254]', 'https://100.100.100.200', 'https://192.0.0.192'],
  ...['https://metadata.test', 'https://metadata6.test', 'https://metadata.test.'],
  // Networks of the house, and what is set apart.
  ...['https://10.0.0.1', 'https://172.16.0.1', 'https://172.31.255.255', 'https://192.168.0.1', 'https://192.168.257'],
  ...['https://[fc00::1]', 'https://[fd12:3456::1]', 'https://[fe80::1]', 'https://[fec0::1]', 'https://100.64.0.1'],
  ...['https://192.0.2.1', 'https://198.18.0.1', 'https://198.51.100.7', 'https://203.0.113.7', 'https://224.0.0.1'],
  ...['https://240.0.0.1', 'https://255.255.255.255', 'https://[ff02::1]', 'https://[2001:db8::1]', 'https://[100::1]'],
  // Names that lead there, also among others.
  ...[
    'https://loopback.test',
    'https://loopback6.test',
    'https://private.test',
    'https://mapped.test',
    'https://nat64.test',
  ],
  ...['https://sixtofour.test', 'https://cgnat.test', 'https://first-public.test', 'https://last-public.test'],
  ...['https://nothing.test', 'https://nonsense.test', 'https://unknown.test', 'https://user:secret@127.0.0.1'],
  ...[
    'https://8.8.8.8@127.0.0.1',
    'https://127.0.0.1#8.8.8.8',
    'https://127.0.0.1\\@8.8.8.8',
    'https://loopback.test:22',
  ],
  // Another way to speak.
  ...['http://8.8.8.8', 'http://127.0.0.1', 'file:///etc/passwd', 'ftp://8.8.8.8', 'gopher://8.8.8.8', 'data:,x'],
];

it('the table is long, and holds nothing twice', () => {
  expect(FORBIDDEN.length).toBeGreaterThanOrEqual(60);
  expect(new Set(FORBIDDEN).size).toBe(FORBIDDEN.length);
});

it.each(FORBIDDEN)('no connection is made for %s', async (url) => {
  const { type } = await send(url, { policy: publicPolicy(), resolve: byName });
  expect(type).toBe('unanswered');
  expect(connect).not.toHaveBeenCalled();
});

it.each(['https://localhost', 'https://localhost.', 'https://a.localhost', 'https://127.0.0.1'])(
  'nor for %s, whatever the DNS says',
  async (url) => {
    // The resolver that is shipped; it has its own sockets, which are none of `net`.
    expect(await send(url, { policy: publicPolicy(), resolve: dnsResolver() })).toEqual(REFUSED);
    expect(connect).not.toHaveBeenCalled();
  },
);

it('a name that leads elsewhere a moment later leads nowhere else', async () => {
  const port = await receive();
  const policy: AddressPolicy = { ...localPolicy(), allows: (address) => publicPolicy([TWO]).allows(address) };
  const answers = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.1']];
  let asked = 0;
  const resolve: Resolve = async () => answers[asked++] ?? [];
  // 127.0.0.2 is taken for public here. Whether anybody listens there is no matter: the receiver is at 127.0.0.1.
  await send(`http://rebinds.test:${port}/`, { policy, resolve });
  expect(asked).toBe(1);
  expect(connect).toHaveBeenCalledTimes(1);
  expect(await send(`http://rebinds.test:${port}/`, { policy, resolve })).toEqual(REFUSED);
  expect(asked).toBe(2);
  expect(connect).toHaveBeenCalledTimes(1);
  expect(requests).toEqual([]);
});
const TWO = readNetwork('127.0.0.2/32');

it('one connection is made to an address that is allowed, and the name is told', async () => {
  let body = '';
  const port = await receive((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => response.writeHead(202).end('taken'));
  });
  const url = `http://receiver.test:${port}/hook?token=1`;
  expect(await send(url, { resolve: async () => ['127.0.0.1'] })).toEqual({
    ...{ type: 'answered', status: 202, retryAfter: undefined },
  });
  expect(connect).toHaveBeenCalledTimes(1);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: 'POST', url: '/hook?token=1' });
  expect(requests[0]?.headers).toMatchObject({ host: `receiver.test:${port}`, 'content-length': '10' });
  expect(body).toBe('{"a":"ü"}');
});

describe('over TLS', () => {
  const trusted = tls.getCACertificates('default');
  let port: number;
  beforeAll(async () => {
    tls.setDefaultCACertificates([...trusted, TEST_CERTIFICATE.cert]);
    port = await listen(https.createServer(TEST_CERTIFICATE, (_, response) => response.end('ok')));
  });
  afterAll(() => tls.setDefaultCACertificates(trusted));
  const policy = publicPolicy([readNetwork('127.0.0.0/8')]);
  const resolve: Resolve = async () => ['127.0.0.1'];

  it.each(['receiver.test', 'receiver.test.'])('the certificate is that of the name %s', async (name) => {
    expect(await send(`https://${name}:${port}/`, { policy, resolve })).toMatchObject({
      type: 'answered',
      status: 200,
    });
  });

  it.each(['other.test', '127.0.0.1'])('that of another is refused for %s', async (name) => {
    expect(await send(`https://${name}:${port}/`, { policy, resolve })).toEqual({
      ...{ type: 'unanswered', error: 'The connection failed (ERR_TLS_CERT_ALTNAME_INVALID).' },
    });
  });
});

it('a redirect is an answer', async () => {
  const aim = await receive();
  const port = await receive((_, response) => response.writeHead(307, { location: `http://127.0.0.1:${aim}/` }).end());
  expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ type: 'answered', status: 307 });
  expect(requests).toHaveLength(1);
});

it('says when a receiver wants to be left alone', async () => {
  const port = await receive((_, response) => response.writeHead(429, { 'retry-after': '60' }).end());
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ type: 'answered', status: 429, retryAfter: '60' });
});

it('an answer without an end counts by its head, and is not read for ever', async () => {
  let closed = 0;
  const port = await receive((_, response) => {
    response.on('close', () => (closed += 1)).writeHead(200);
    const more = () => void (response.destroyed || response.write('x'.repeat(16_384), () => setImmediate(more)));
    more();
  });
  expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ type: 'answered', status: 200 });
  await waitFor(() => closed === 1, { what: 'the connection to be closed' });
});

it.each<[string, http.RequestListener, RegExp]>([
  ['does not answer', () => undefined, /no answer within 0.2 s/],
  ['hangs up', (request) => request.socket.destroy(), /connection failed \(ECONNRESET\)/],
  ['does not speak HTTP', ({ socket }) => void socket.end('SSH-2.0-x\r\n'), /connection failed \(HPE_/],
  [
    'has endless headers',
    ({ socket }) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(99_999)}`),
    /HPE_HEADER/,
  ],
  [
    'changes the protocol',
    ({ socket }) => void socket.write('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    /fail/,
  ],
])('says so where a receiver %s', async (_what, answer, error) => {
  const port = await receive(answer);
  const answered = await send(`http://127.0.0.1:${port}/`, { timeoutMs: 200 });
  expect(answered).toEqual({ type: 'unanswered', error: expect.stringMatching(error) });
  expect(JSON.stringify(answered)).not.toContain('127.0.0.1');
  for (const { socket } of requests) socket.destroy();
});

it('says so where nobody listens, and where the name servers do not answer', async () => {
  const port = await receive();
  await new Promise((resolve) => servers.pop()?.close(resolve));
  expect(await send(`http://127.0.0.1:${port}/`)).toEqual({
    ...{ type: 'unanswered', error: 'The connection failed (ECONNREFUSED).' },
  });
  const resolve: Resolve = () => new Promise(() => undefined);
  expect(await send('https://slow.test/', { resolve, timeoutMs: 50 })).toMatchObject({
    error: 'There was no answer within 0.05 s.',
  });
  expect(await send('https://broken.test/', { resolve: () => Promise.reject(new Error('SERVFAIL')) })).toEqual(REFUSED);
});

it('is stopped at any moment', async () => {
  const port = await receive(() => undefined);
  const stop = new AbortController();
  const sent = send(`http://127.0.0.1:${port}/`, { signal: stop.signal });
  await waitFor(() => requests.length === 1, { what: 'the request' });
  stop.abort();
  expect(await sent).toEqual({ type: 'stopped' });
  expect(await send(`http://127.0.0.1:${port}/`, { signal: stop.signal })).toEqual({ type: 'stopped' });
});
