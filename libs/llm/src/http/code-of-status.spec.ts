import { codeOfStatus } from './code-of-status.js';

it.each([
  [200, 'invalid_request'],
  [308, 'invalid_request'],
  [400, 'invalid_request'],
  [401, 'auth'],
  [402, 'billing'],
  [404, 'invalid_request'],
  [409, 'server_error'],
  [413, 'too_large'],
  [429, 'rate_limited'],
  [498, 'overloaded'],
  [500, 'server_error'],
  [503, 'overloaded'],
  [522, 'timeout'],
  [529, 'overloaded'],
  [599, 'server_error'],
  [null, 'server_error'],
])('status %s without a word is %s', (status, code) => {
  expect(codeOfStatus(status)).toBe(code);
});
