import { ConfigError, describeConfig, readConfig } from '@planwright/runtime';
import { z } from 'zod';
import { limitsFields } from './config.js';
import { builtInPrices } from './prices/price-table.js';

const schema = z.object(limitsFields);
const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the variables of limits and prices', () => {
  it('are optional: nothing is limited, and prices are those of this release', () => {
    expect(readConfig(schema, {})).toEqual({ PLANWRIGHT_LIMITS: {}, PLANWRIGHT_PRICES: undefined });
  });

  it('are JSON', () => {
    const limits = { openai: { requests_per_minute: 500 } };
    const own = { models: [{ provider: 'compatible', model: 'own-model', input: 1_000_000, output: 2_000_000 }] };
    const config = readConfig(schema, {
      PLANWRIGHT_LIMITS: JSON.stringify(limits),
      PLANWRIGHT_PRICES: JSON.stringify(own),
    });
    expect(config.PLANWRIGHT_LIMITS).toEqual(limits);
    const prices = config.PLANWRIGHT_PRICES;
    expect(prices?.models[0]).toMatchObject({ provider: 'compatible', names: ['own-model'], input: 1_000_000 });
    expect(prices?.models.slice(1)).toEqual(builtInPrices().models);
  });

  it('say every problem at once, each with its place', () => {
    const problems = problemsOf({
      PLANWRIGHT_LIMITS: '{"openai":{"rpm":5}}',
      PLANWRIGHT_PRICES: '{"models":[{"provider":"openai","model":"gpt-4o","input":3,"output":10}]}',
    });
    expect(problems).toEqual([
      expect.stringMatching(/^PLANWRIGHT_LIMITS does not fit: \/openai .*"rpm"/),
      expect.stringMatching(
        /^PLANWRIGHT_PRICES does not fit: .*openai\/gpt-4o, input: is 3, too little for micro-units/,
      ),
    ]);
  });

  it('tell what the name of a provider should be, where it is none', () => {
    expect(problemsOf({ PLANWRIGHT_LIMITS: '{"Open AI":{}}' })).toEqual([
      'PLANWRIGHT_LIMITS does not fit: /Open AI is a provider, or a provider and a model: openai/gpt-4o-mini',
    ]);
  });

  it('have a description each', () => {
    expect(describeConfig(schema).filter(({ description }) => description.length < 10)).toEqual([]);
  });
});
