import { cachesPrefix, DEFAULT_MODELS } from './providers.js';

it('has a default model for each provider but the one whose models nobody knows', () => {
  expect(DEFAULT_MODELS).toEqual({
    offline: 'offline-writer',
    openai: 'gpt-4o-mini',
    anthropic: 'claude-haiku-4-5',
    compatible: null,
  });
});

it('takes no provider that it does not know for one that caches', () => {
  expect(['openai', 'anthropic', 'compatible', 'offline', 'scripted', 'constructor'].filter(cachesPrefix)).toEqual([
    'openai',
    'anthropic',
  ]);
});
