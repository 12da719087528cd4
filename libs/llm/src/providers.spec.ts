import { PROVIDER_NAMES } from '@planwright/contracts';
import { readConfig } from '@planwright/runtime';
import { z } from 'zod';
import { ProviderFailure } from './provider.js';
import { createProviders, findProvider, llmFields } from './providers.js';

describe('createProviders', () => {
  const providers = createProviders(readConfig(z.object(llmFields), {}));

  it('has the offline writer', () => expect(findProvider(providers, 'offline').name).toBe('offline'));

  it('refuses a provider it does not have and names those it has', () => {
    const find = () => findProvider(providers, 'openai');
    expect(find).toThrow(ProviderFailure);
    expect(find).toThrow('there is no provider "openai" here; known: offline');
  });

  it('has each provider the contracts name', () => expect([...providers.keys()]).toEqual(PROVIDER_NAMES));
});
