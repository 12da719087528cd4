import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonField } from './fields.js';
import { ConfigError, describeConfig, readConfig } from './read-config.js';

describe('a field that holds JSON', () => {
  const limits = z.record(z.string(), z.strictObject({ perMinute: z.int().positive() }));
  type Limits = z.infer<typeof limits>;
  const schema = z.object({
    LIMITS: jsonField<Limits, { default: Limits; description: string }>(limits, {
      default: {},
      description: 'Limits.',
    }),
    LIST: jsonField<number[], { description: string }>(z.array(z.number()), { description: 'Numbers.' }),
  });
  const read = (env: Record<string, string>) => readConfig(schema, env);
  const problemsOf = (env: Record<string, string>): readonly string[] => {
    try {
      read(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'planwright-fields-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  it('takes JSON itself', () => {
    expect(read({ LIMITS: '{"openai":{"perMinute":5}}', LIST: ' [1, 2] ' })).toEqual({
      LIMITS: { openai: { perMinute: 5 } },
      LIST: [1, 2],
    });
  });

  it('takes the path of a file', () => {
    const path = file('limits.json', '{\n  "openai": { "perMinute": 7 }\n}\n');
    expect(read({ LIMITS: path }).LIMITS).toEqual({ openai: { perMinute: 7 } });
  });

  it('takes its default where it is unset or empty, and nothing where it has none', () => {
    expect(read({ LIMITS: ' ' })).toEqual({ LIMITS: {}, LIST: undefined });
  });

  it('says what is wrong with JSON that is none, of the text and of a file', () => {
    expect(problemsOf({ LIMITS: '{"openai":', LIST: file('list.json', '[1, 2') })).toEqual([
      expect.stringMatching(/^LIMITS must be JSON, or the path of a JSON file: ./),
      expect.stringMatching(/^LIST must be JSON, or the path of a JSON file: ./),
    ]);
  });

  it('says that there is no such file', () => {
    expect(problemsOf({ LIMITS: join(folder, 'missing.json') })).toEqual([
      expect.stringMatching(/^LIMITS must be JSON, or the path of a JSON file: ENOENT.*missing\.json/),
    ]);
  });

  it('says every place that does not fit', () => {
    const [problem, ...more] = problemsOf({ LIMITS: '{"a":{"perMinute":0},"b":{"perMinute":1,"rpm":2}}' });
    expect(more).toEqual([]);
    expect(problem).toMatch(/^LIMITS does not fit: \/a\/perMinute .*; \/b .*"rpm"/);
  });

  it('says so of a whole that does not fit', () => {
    expect(problemsOf({ LIST: '{"a":1}' })).toEqual([expect.stringMatching(/^LIST does not fit: \/ ./)]);
  });

  it('is described as what it takes', () => {
    expect(describeConfig(schema)).toMatchObject([
      { name: 'LIMITS', expects: 'JSON, or the path of a JSON file', default: {}, required: false, secret: false },
      { name: 'LIST', required: false },
    ]);
  });
});
