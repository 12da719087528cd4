import { maskSecrets } from './mask-secrets.js';

describe('a text without keys', () => {
  it.each([
    ['OpenAI', 'sk-proj-AbC_123-def456'],
    ['Anthropic', 'sk-ant-api03-AbC_123-def456'],
    ['half masked', 'sk-abcd********************wxyz'],
    ['Groq', 'gsk_A1b2C3d4E5f6G7h8'],
    ['Google', 'AIzaSyA-1234567890abcdefg'],
    ['xAI', 'xai-abcdefgh12345678'],
    ['Hugging Face', 'hf_abcdefghijklmnop'],
    ['Azure', '0123456789abcdef0123456789abcdef'],
    ['a token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_123'],
  ])('has none of %s', (_, key) => {
    expect(maskSecrets(`The value ${key} is wrong.`)).toBe('The value [key] is wrong.');
  });

  it.each([
    ['Authorization: Bearer abc.def', 'Authorization: [key]'],
    ['Incorrect API key provided: na***ys. Look.', 'Incorrect API key provided: [key]. Look.'],
    ['https://user:pass@host.example/v1', 'https://[key]host.example/v1'],
  ])('has none in %j', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it('has not the key it was called with, whatever that looks like', () => {
    expect(maskSecrets('You sent hunter22, twice: hunter22.', 'hunter22')).toBe('You sent [key], twice: [key].');
  });

  it.each([
    'a risk-based task list, max_tokens: 4096',
    'see https://a.example/b@c',
    'include the request ID fac8b65ed1c009c456a00410c4f6c376 in your message',
    'request req_0123456789abcdef0123456789abcdef',
    'prompt_cache_key: run-1',
  ])('keeps %j', (text) => {
    expect(maskSecrets(text, 'k')).toBe(text);
  });
});
