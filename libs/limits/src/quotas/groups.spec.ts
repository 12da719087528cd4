import { rateLimitGroup } from './groups.js';

describe('the rate-limit group of a model', () => {
  it.each([
    ['anthropic', 'claude-opus-4-1-20250805', 'opus-4'],
    ['anthropic', 'claude-opus-4-5', 'opus-4'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'sonnet-4'],
    ['anthropic', 'claude-sonnet-4-20250514', 'sonnet-4'],
    ['anthropic', 'claude-haiku-4-5', 'haiku-4'],
    ['anthropic', 'claude-3-5-haiku-20241022', 'haiku-3'],
    ['anthropic', 'claude-3-haiku-20240307', 'haiku-3'],
    ['anthropic', 'claude-3-7-sonnet-latest', 'sonnet-3'],
    ['anthropic', 'some-other-model', 'some-other-model'],
    ['openai', 'gpt-4o-mini', 'gpt-4o-mini'],
    ['openai', 'gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['openai', 'gpt-4o', 'gpt-4o'],
    ['openai', 'claude-opus-4-1', 'claude-opus-4-1'],
    ['compatible', 'llama3.1:8b', 'llama3.1:8b'],
    ['compatible', 'qwen-latest', 'qwen'],
  ])('%s %s: %s', (provider, model, group) => {
    expect(rateLimitGroup(provider, model)).toBe(group);
  });

  it('keeps families and generations apart', () => {
    const models = [
      'claude-opus-4-1',
      'claude-sonnet-4-5',
      'claude-haiku-4-5',
      'claude-3-5-haiku-latest',
      'claude-opus-5',
    ];
    expect(new Set(models.map((model) => rateLimitGroup('anthropic', model))).size).toBe(models.length);
  });
});
