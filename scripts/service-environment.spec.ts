import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';

type Env = Record<string, string>;
const file = pathToFileURL(join(import.meta.dirname, 'service-environment.mjs')).href;
const { serviceEnvironment } = (await import(file)) as { serviceEnvironment: (name: string, given: Env) => Env };

const given = {
  PATH: '/bin',
  PORT: '4000',
  OPENAI_API_KEY: 'sk-one',
  ANTHROPIC_API_KEY: ' ',
  PLANWRIGHT_COMPATIBLE_API_KEY: 'three',
  PLANWRIGHT_COMPATIBLE_BASE_URL: 'http://gpu/v1',
};

test('the generator calls providers, so it has their keys', () => {
  const { PORT: _port, ...rest } = given;
  expect(serviceEnvironment('generator', given)).toEqual(rest);
});

test('the gateway chooses among them, so it knows which are set', () => {
  expect(serviceEnvironment('gateway', given)).toEqual({
    PATH: '/bin',
    PORT: '4000',
    OPENAI_API_KEY: 'set',
    PLANWRIGHT_COMPATIBLE_API_KEY: 'set',
    PLANWRIGHT_COMPATIBLE_BASE_URL: 'http://gpu/v1',
  });
});

test.each(['migrate', 'orchestrator', 'notifier'])('%s has no business with them', (name) => {
  expect(serviceEnvironment(name, given)).toEqual({
    PATH: '/bin',
    PLANWRIGHT_COMPATIBLE_BASE_URL: 'http://gpu/v1',
  });
});

test('what is given is left as it is', () => {
  const before = structuredClone(given);
  serviceEnvironment('notifier', given);
  expect(given).toEqual(before);
});
