import { withoutSecrets } from './secrets.js';

const KEY = 'pw_7k2m9qxa_0123456789ABCDEFGHIJabcdefghij01_x7Yz12';
const TICKET = 'pwt_abcdefghijklmnopqrstuvwxyz-_0123456789ABCDE';
const JWT = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLXRoaXM`;

it.each([
  ['a key, of which its public part stays', `GET /v1/${KEY}/x`, 'GET /v1/pw_7k2m9qxa_[redacted]/x'],
  ['half of a key', `pw_7k2m9qxa_0123456789AB`, 'pw_7k2m9qxa_[redacted]'],
  ['a ticket', `?ticket=${TICKET}&x=1`, '?ticket=pwt_[redacted]&x=1'],
  ['a JWT', `{"token":"${JWT}"}`, '{"token":"[redacted token]"}'],
  ['what a header has', 'authorization: Bearer any-key-of-the-configuration', 'authorization: Bearer [redacted]'],
  ['all of them', `${KEY} ${JWT} ${TICKET}`, 'pw_7k2m9qxa_[redacted] [redacted token] pwt_[redacted]'],
])('hides %s', (_what, text, shown) => {
  expect(withoutSecrets(text)).toBe(shown);
});

it.each(['Send `Authorization: Bearer <API key>`.', 'pw_test_key', 'a pw_ prefix', 'project 0199f3a2-7c1e-7a43'])(
  'leaves %s',
  (text) => {
    expect(withoutSecrets(text)).toBe(text);
  },
);
