import { chainOf, fallbacksSetting } from './fallbacks.js';

const named = (choices: readonly { provider: string; model: string }[]) =>
  choices.map(({ provider, model }) => `${provider} ${model}`);

describe('the models to call', () => {
  const setting = fallbacksSetting.parse({
    openai: ['anthropic/claude-haiku-4-5'],
    'openai/gpt-4o': ['openai/gpt-4o-mini', 'compatible/org/model:8b', 'openai/gpt-4o', 'openai/gpt-4o-mini'],
  });
  const chain = (provider: string, model: string) => named(chainOf(setting, { provider, model }));

  it('begin with the one asked for', () => {
    expect(chain('anthropic', 'claude-opus-4-1')).toEqual(['anthropic claude-opus-4-1']);
    expect(named(chainOf({}, { provider: 'openai', model: 'gpt-4o' }))).toEqual(['openai gpt-4o']);
  });

  it('go on with those named for its provider', () => {
    expect(chain('openai', 'o3')).toEqual(['openai o3', 'anthropic claude-haiku-4-5']);
  });

  it('go on with those named for the model rather than for its provider, each once', () => {
    expect(chain('openai', 'gpt-4o')).toEqual(['openai gpt-4o', 'openai gpt-4o-mini', 'compatible org/model:8b']);
  });

  it('are not followed any further: what is called instead has no models instead', () => {
    const circle = { a: ['b/x'], b: ['a/y'] };
    expect(named(chainOf(circle, { provider: 'a', model: 'm' }))).toEqual(['a m', 'b x']);
  });

  it('may have slashes in their names', () => {
    const choice = { provider: 'compatible', model: 'org/model:8b' };
    expect(chainOf({}, choice)).toEqual([choice]);
  });
});

describe('the setting of fallbacks', () => {
  it.each([
    [{ openai: ['claude-haiku-4-5'] }, /must name a provider and a model/],
    [{ openai: ['Anthropic/claude'] }, /must name a provider and a model/],
    [{ openai: ['anthropic/'] }, /must name a provider and a model/],
    [{ openai: [] }, /./],
    [{ openai: Array.from({ length: 6 }, (_, i) => `anthropic/model-${i}`) }, /./],
    [{ '': ['anthropic/claude'] }, /./],
    [{ openai: 'anthropic/claude' }, /./],
  ])('refuses %j', (setting, problem) => {
    const parsed = fallbacksSetting.safeParse(setting);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.message).toMatch(problem);
  });
});
