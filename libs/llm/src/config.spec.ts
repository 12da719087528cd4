import { ConfigError, describeConfig, readConfig } from '@planwright/runtime';
import { z } from 'zod';
import type { LlmConfig } from './config.js';
import { llmFields } from './config.js';

const schema = z.object(llmFields);
const read = (env: Record<string, string>): LlmConfig => readConfig(schema, env);
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the variables of the providers', () => {
  it('are all optional', () => {
    const config = read({});
    expect(config.PLANWRIGHT_FALLBACKS).toEqual({});
    expect(config.OPENAI_API_KEY).toBeUndefined();
    expect(config.PLANWRIGHT_OFFLINE_CHUNK_MS).toBeGreaterThanOrEqual(0);
  });

  it('hold fallbacks as JSON', () => {
    const fallbacks = { openai: ['anthropic/claude-haiku-4-5'] };
    expect(read({ PLANWRIGHT_FALLBACKS: JSON.stringify(fallbacks) }).PLANWRIGHT_FALLBACKS).toEqual(fallbacks);
  });

  it('say every problem at once, each with its place', () => {
    const problems = problemsOf({ PLANWRIGHT_FALLBACKS: '{"openai":["claude"]}', OPENAI_BASE_URL: 'ftp://somewhere' });
    expect(problems).toEqual([
      expect.stringMatching(/^OPENAI_BASE_URL must be a URL that starts with http/),
      expect.stringMatching(/^PLANWRIGHT_FALLBACKS does not fit: \/openai\/0 must name a provider and a model/),
    ]);
  });

  it('never show keys and addresses', () => {
    const rows = describeConfig(schema).filter((row) => row.secret);
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(llmFields).filter((name) => /_(KEY|URL)$/.test(name)));
    expect(problemsOf({ OPENAI_BASE_URL: 'ftp://user:hunter2@host' }).join()).not.toContain('hunter2');
  });

  it('have a description each', () => {
    expect(describeConfig(schema).filter(({ description }) => description.length < 10)).toEqual([]);
  });
});
