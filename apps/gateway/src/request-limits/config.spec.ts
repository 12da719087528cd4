import { readConfig } from '@planwright/runtime';
import { z } from 'zod';
import { requestLimitFields } from './config.js';
import { limitSettings } from './open-request-limits.js';

const read = (env: Record<string, string>) => readConfig(z.object(requestLimitFields), env);

it.each([
  ['keys are required', {}, 'required', { perKey: 600, failuresPerAddress: 60 }],
  ['nobody needs a key', {}, 'off', { perKey: 0, failuresPerAddress: 0 }],
  ['a limit is set', { PLANWRIGHT_REQUESTS_PER_MINUTE: '5' }, 'off', { perKey: 5, failuresPerAddress: 0 }],
  [
    'limits are taken off',
    { PLANWRIGHT_REFUSED_KEYS_PER_MINUTE: '0' },
    'required',
    { perKey: 600, failuresPerAddress: 0 },
  ],
] as const)('where %s, limits are right', (_what, env, auth, settings) => {
  expect(limitSettings(read(env), auth)).toEqual(settings);
});

it.each(['10.0.0.0/8', '127.0.0.1, ::1', 'fd00::/8,loopback'])('believes the proxies %s', (text) => {
  expect(read({ PLANWRIGHT_TRUSTED_PROXIES: text }).PLANWRIGHT_TRUSTED_PROXIES).toEqual(text.split(/, ?/));
});

it.each(['everybody', '10.0.0.0/33', '10.0.0', '10.0.0.1/', 'true'])('refuses %s as a proxy', (text) => {
  expect(() => read({ PLANWRIGHT_TRUSTED_PROXIES: text })).toThrow('PLANWRIGHT_TRUSTED_PROXIES must be addresses');
});

it('believes no proxy unless told to', () => {
  expect(read({}).PLANWRIGHT_TRUSTED_PROXIES).toEqual([]);
});
