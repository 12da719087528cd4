import { limitsFor, limitsSetting } from './limits-setting.js';

const problemsOf = (setting: unknown) => {
  const parsed = limitsSetting.safeParse(setting);
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('the setting of limits', () => {
  it('takes everything that can be said', () => {
    const entry = {
      requests_per_minute: 500,
      tokens_per_minute: 200_000,
      input_tokens_per_minute: 1,
      output_tokens_per_minute: 1,
      concurrency: 4,
      share: 0.5,
      workspace_share: 1,
      profile: 'azure',
    };
    const setting = {
      openai: entry,
      'openai/gpt-4o-mini': {},
      'compatible/org/model:8b': {},
      'anthropic/claude-*': {},
    };
    expect(limitsSetting.parse(setting)).toEqual(setting);
    expect(limitsSetting.parse({})).toEqual({});
  });

  it.each([
    [{ 'Open AI': {} }, /^Open AI: /],
    [{ 'openai/': {} }, /^openai\/: /],
    [{ 'openai/gpt 4': {} }, /^openai\/gpt 4: /],
    [
      {
        'anthropic/claude-opus-4-1': { share: 0.5 },
        'anthropic/claude-opus-4-5': { share: 0.4 },
        'anthropic/claude-sonnet-4-5': {},
      },
      /^anthropic\/claude-opus-4-5: anthropic\/claude-opus-4-1 and anthropic\/claude-opus-4-5 share one limit/,
    ],
    [{ openai: { requests_per_minute: 0 } }, /^openai\.requests_per_minute/],
    [{ openai: { tokens_per_minute: 1.5 } }, /^openai\.tokens_per_minute/],
    [{ openai: { tokens_per_minute: '200k' } }, /^openai\.tokens_per_minute/],
    [{ openai: { concurrency: 10_001 } }, /^openai\.concurrency/],
    [{ openai: { share: 0 } }, /^openai\.share/],
    [{ openai: { workspace_share: 1.1 } }, /^openai\.workspace_share/],
    [{ openai: { profile: 'gemini' } }, /^openai\.profile/],
    [{ openai: { rpm: 5 } }, /"rpm"/],
    [{ openai: 5 }, /^openai/],
  ])('refuses %j, and says where', (setting, problem) => {
    const problems = problemsOf(setting);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });
});

describe('the limits of a model', () => {
  const setting = limitsSetting.parse({
    openai: { requests_per_minute: 100, tokens_per_minute: 1_000 },
    'openai/gpt-*': { requests_per_minute: 200, concurrency: 3 },
    'openai/gpt-4o*': { requests_per_minute: 300 },
    'openai/gpt-4o-mini': { requests_per_minute: 400, share: 0.5 },
    'anthropic/claude-opus-4-1': { concurrency: 1 },
  });

  it('are those of the provider, overridden by more and more precise ones', () => {
    expect(limitsFor(setting, 'openai', 'o3')).toEqual({ requests_per_minute: 100, tokens_per_minute: 1_000 });
    expect(limitsFor(setting, 'openai', 'gpt-5')).toEqual({
      requests_per_minute: 200,
      tokens_per_minute: 1_000,
      concurrency: 3,
    });
    expect(limitsFor(setting, 'openai', 'gpt-4o')).toMatchObject({ requests_per_minute: 300, concurrency: 3 });
    expect(limitsFor(setting, 'openai', 'gpt-4o-mini')).toEqual({
      requests_per_minute: 400,
      tokens_per_minute: 1_000,
      concurrency: 3,
      share: 0.5,
    });
  });

  it('are those of the model itself rather than of a pattern that fits it to the letter', () => {
    const both = { 'openai/gpt-4o-mini': { concurrency: 1 }, 'openai/gpt-4o-mini*': { concurrency: 9 } };
    expect(limitsFor(both, 'openai', 'gpt-4o-mini')).toEqual({ concurrency: 1 });
    expect(limitsFor(both, 'openai', 'gpt-4o-mini-turbo')).toEqual({ concurrency: 9 });
  });

  it('hold for its dated snapshots, which share them', () => {
    const undated = { 'openai/gpt-4o-mini': { concurrency: 1 } };
    expect(limitsFor(undated, 'openai', 'gpt-4o-mini-2024-07-18')).toEqual({ concurrency: 1 });
    const both = { ...undated, 'openai/gpt-4o-mini-2024-07-18': { concurrency: 2 } };
    expect(limitsFor(both, 'openai', 'gpt-4o-mini-2024-07-18')).toEqual({ concurrency: 2 });
  });

  it('do not depend on the order they are written in', () => {
    const reversed = Object.fromEntries(Object.entries(setting).reverse());
    expect(limitsFor(reversed, 'openai', 'gpt-4o-mini')).toEqual(limitsFor(setting, 'openai', 'gpt-4o-mini'));
  });

  it('are none where nobody named it', () => {
    expect(limitsFor(setting, 'anthropic', 'claude-haiku-4-5')).toBeUndefined();
    expect(limitsFor(setting, 'compatible', 'gpt-4o')).toBeUndefined();
    expect(limitsFor({}, 'openai', 'gpt-4o')).toBeUndefined();
  });
});
