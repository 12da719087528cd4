import { parsePidFile } from './previous-server.js';

const FULL = '4711\n/data\n1790000000\n40619\n\n127.0.0.1\n  1234 5\nready   \n';

test.each([
  ['a running server', FULL, { pid: 4711, port: 40619 }],
  ['a server that has no port yet', '4711\n/data\n1790000000\n', { pid: 4711, port: null }],
  ['a single-user server, whose pid is negative', '-4711\n/data\n', { pid: 4711, port: null }],
  ['an empty file, left by a full disk', '', null],
  ['something else', 'hello\n', null],
  ['no file', null, null],
])('the pid file of %s', (_name, text, expected) => {
  expect(parsePidFile(text)).toEqual(expected);
});
