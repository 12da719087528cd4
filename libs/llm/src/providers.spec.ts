import { PROVIDER_NAMES, ProviderFailure } from '@planwright/contracts';
import { readConfig } from '@planwright/runtime';
import { z } from 'zod';
import { llmFields } from './config.js';
import { createProviders, findProvider } from './providers.js';

const providersOf = (env: Record<string, string>) => createProviders(readConfig(z.object(llmFields), env));

describe('createProviders', () => {
  it('has the offline writer, and nobody it has no key for', () => {
    expect([...providersOf({}).keys()]).toEqual(['offline']);
  });

  it('has each provider the contracts name, once it has their keys', () => {
    const env = {
      OPENAI_API_KEY: 'a',
      ANTHROPIC_API_KEY: 'b',
      PLANWRIGHT_COMPATIBLE_BASE_URL: 'http://127.0.0.1:1/v1',
    };
    expect([...providersOf(env).keys()].sort()).toEqual([...PROVIDER_NAMES].sort());
  });

  it.each([
    ['openai', 'auth: OPENAI_API_KEY is not set for the generators'],
    ['nobody', 'there is no provider "nobody" here; known: offline'],
  ])('refuses %s and says what is missing', (name, message) => {
    const find = () => findProvider(providersOf({}), name);
    expect(find).toThrow(ProviderFailure);
    expect(find).toThrow(message);
  });
});
