import { plainUsage } from '@planwright/contracts';
import { readConfig } from '@planwright/runtime';
import { z } from 'zod';
import { estimateCost, gatewayFields, modelOffer } from './config.js';

const read = (env: Record<string, string>) => readConfig(z.object(gatewayFields), env);
const first = (env: Record<string, string>) => modelOffer(read(env))[0];

it.each([
  ['nothing is set', {}, 'offline', 'offline-writer'],
  ['a key is set', { ANTHROPIC_API_KEY: 'k' }, 'anthropic', 'claude-haiku-4-5'],
  ['two keys are set', { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' }, 'openai', 'gpt-4o-mini'],
  ['an empty key is set', { OPENAI_API_KEY: ' ' }, 'offline', 'offline-writer'],
  ['a server of the own network is set', { PLANWRIGHT_COMPATIBLE_BASE_URL: 'http://gpu:11434/v1' }, 'compatible', null],
  [
    '… and its model',
    { PLANWRIGHT_COMPATIBLE_BASE_URL: 'http://gpu/v1', PLANWRIGHT_MODEL: 'qwen3' },
    'compatible',
    'qwen3',
  ],
  [
    'a provider is named beside a key',
    { PLANWRIGHT_PROVIDER: 'offline', OPENAI_API_KEY: 'k' },
    'offline',
    'offline-writer',
  ],
  ['a model is named', { OPENAI_API_KEY: 'k', PLANWRIGHT_MODEL: 'gpt-4.1' }, 'openai', 'gpt-4.1'],
] as const)('where %s, the default is right', (_what, env, provider, defaultModel) => {
  expect(first(env)).toEqual({ provider, defaultModel });
});

it('gives the model of the deployment to its provider alone, and offers every provider', () => {
  expect(modelOffer(read({ OPENAI_API_KEY: 'k', PLANWRIGHT_MODEL: 'gpt-4.1' }))).toEqual([
    { provider: 'openai', defaultModel: 'gpt-4.1' },
    { provider: 'offline', defaultModel: 'offline-writer' },
    { provider: 'anthropic', defaultModel: 'claude-haiku-4-5' },
    { provider: 'compatible', defaultModel: null },
  ]);
});

it('keeps no key', () => {
  const config = read({ OPENAI_API_KEY: 'sk-secret', PLANWRIGHT_COMPATIBLE_BASE_URL: 'http://me:secret@gpu/v1' });
  expect(JSON.stringify(config)).not.toContain('secret');
});

describe('what an estimate costs', () => {
  const costIn = (env: Record<string, string>, provider: string, model: string) =>
    estimateCost(read(env))(provider, model, plainUsage(4000, 800, true));
  const own = { provider: 'compatible', model: 'qwen3', input: 10_000, output: 100_000 };

  it.each([
    // 4,000 at $0.15 and 800 at $0.60 a million.
    ['by the prices of this release', {}, 'openai', 'gpt-4o-mini', 1080],
    ['nothing where nobody is paid', {}, 'offline', 'offline-writer', 0],
    ['unknown, which is not nothing', {}, 'compatible', 'qwen3', null],
    ['by own prices', { PLANWRIGHT_PRICES: JSON.stringify({ models: [own] }) }, 'compatible', 'qwen3', 120],
    ['by both', { PLANWRIGHT_PRICES: JSON.stringify({ models: [own] }) }, 'openai', 'gpt-4o-mini', 1080],
  ])('is %s', (_what, env, provider, model, cost) => {
    expect(costIn(env, provider, model)).toBe(cost);
  });
});
