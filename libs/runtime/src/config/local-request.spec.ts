import { isLocalRequest } from './local-request.js';

const HERE = '127.0.0.1:3000';

it.each<[host: string | undefined, origin: string | undefined, local: boolean]>([
  [HERE, undefined, true],
  ['127.0.0.1', undefined, true],
  ['127.8.9.1:80', undefined, true],
  ['localhost:3000', undefined, true],
  ['LOCALHOST', undefined, true],
  ['[::1]:3000', undefined, true],
  ['[::1]', undefined, true],
  [undefined, undefined, false],
  ['', undefined, false],
  ['evil.example', undefined, false],
  ['evil.example:3000', undefined, false],
  ['127.0.0.1.evil.example', undefined, false],
  ['localhost.evil.example:3000', undefined, false],
  ['evil.example#@127.0.0.1', undefined, false],
  ['me@localhost', undefined, false],
  ['192.168.0.7:3000', undefined, false],
  ['0.0.0.0:3000', undefined, false],
  ['::1', undefined, false],
  ['localhost:3000:80', undefined, false],
  [HERE, 'http://localhost:5173', true],
  [HERE, 'http://127.0.0.1:3000', true],
  [HERE, 'https://[::1]', true],
  [HERE, 'http://evil.example', false],
  [HERE, 'http://127.0.0.1.evil.example', false],
  [HERE, 'https://evil.example:3000', false],
  [HERE, 'null', false],
  [HERE, '', false],
  [HERE, 'localhost', false],
  [HERE, 'chrome-extension://localhost', false],
  ['evil.example', 'http://localhost', false],
])('Host %s with Origin %s: %s', (host, origin, local) => {
  expect(isLocalRequest({ host, origin })).toBe(local);
});
