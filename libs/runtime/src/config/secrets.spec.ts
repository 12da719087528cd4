import { z } from 'zod';
import { ConfigError, readConfig } from './read-config.js';
import { secretsFields, warnUnsealed } from './secrets.js';

const schema = z.object(secretsFields);
const key = (byte: number) => Buffer.alloc(32, byte);
const read = (text?: string) => readConfig(schema, { PLANWRIGHT_SECRETS_KEYS: text }).PLANWRIGHT_SECRETS_KEYS;

it('reads keys of 32 bytes, in their order', () => {
  expect(read()).toBeUndefined();
  expect(read(key(1).toString('base64'))).toEqual([key(1)]);
  expect(read(`${key(2).toString('base64')}, ${key(1).toString('base64')}`)).toEqual([key(2), key(1)]);
});

it.each([
  ['a short key', Buffer.alloc(16).toString('base64')],
  ['hex', key(1).toString('hex')],
  ['an empty place', `${key(1).toString('base64')},`],
])('refuses %s, and does not show it', (_what, text) => {
  expect(() => read(text)).toThrow(ConfigError);
  expect(() => read(text)).toThrow('PLANWRIGHT_SECRETS_KEYS must be keys of 32 bytes in base64, separated by commas');
  expect(() => read(text)).not.toThrow(text);
});

it('says where nothing is sealed', () => {
  const lines: unknown[] = [];
  const log = { warn: (line: unknown) => void lines.push(line) };
  warnUnsealed({}, log as never);
  warnUnsealed({ PLANWRIGHT_SECRETS_KEYS: [key(1)] }, log as never);
  expect(lines).toEqual([expect.stringContaining('PLANWRIGHT_SECRETS_KEYS is not set')]);
});
