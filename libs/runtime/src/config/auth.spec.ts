import { authMode } from './auth.js';

it.each([
  ['127.0.0.1', undefined, 'off'],
  ['localhost', undefined, 'off'],
  ['::1', 'off', 'off'],
  ['127.0.0.1', 'required', 'required'],
  ['0.0.0.0', undefined, 'required'],
  ['10.0.0.7', 'required', 'required'],
] as const)('on %s with PLANWRIGHT_AUTH=%s it is %s', (HOST, PLANWRIGHT_AUTH, mode) => {
  expect(authMode({ HOST, PLANWRIGHT_AUTH })).toBe(mode);
});

it.each(['0.0.0.0', '::', '127.0.0.1.example.org', '192.168.0.1'])('refuses to switch keys off on %s', (HOST) => {
  expect(() => authMode({ HOST, PLANWRIGHT_AUTH: 'off' })).toThrow(`must be required while HOST is ${HOST}`);
});
