import type { GenerateRequest } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import { Estimates } from './estimates.js';

const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prompt: { system: [{ text: 'x'.repeat(2_000) }], user: [{ text: 'y'.repeat(1_900) }, { text: 'z'.repeat(100) }] },
  model: 'gpt-4o-mini',
  output: 'markdown',
  words: { min: 200, target: 300, max: 400 },
  maxOutputTokens: 4_096,
  title: 'Problem',
  document: 'prd',
  sectionId: 'problem',
  repair: null,
  prefix: null,
  ...more,
});

describe('an estimate', () => {
  it('begins with the length of the prompt and of the text asked for', () => {
    expect(new Estimates().of('openai', request())).toEqual({ input: 1_000, output: 400, maxOutput: 4_096 });
  });

  it('counts both sides of the prompt, and more for a word of a task', () => {
    const estimates = new Estimates();
    const bare = request({ prompt: { system: [], user: [{ text: 'y'.repeat(400) }] } });
    expect(estimates.of('openai', bare).input).toBe(100);
    expect(estimates.of('openai', request({ output: 'tasks' })).output).toBeGreaterThan(
      estimates.of('openai', request()).output,
    );
  });

  it('is never more than may be written, and never nothing', () => {
    const estimates = new Estimates();
    expect(estimates.of('openai', request({ maxOutputTokens: 100 }))).toMatchObject({ output: 100, maxOutput: 100 });
    const empty = request({ prompt: { system: [], user: [] }, words: { min: 0, target: 0, max: 0 } });
    expect(estimates.of('openai', empty)).toMatchObject({ input: 1, output: 1 });
  });

  it('is what calls really used, from the first one on', () => {
    const estimates = new Estimates();
    estimates.learn('openai', request(), plainUsage(1_250, 600, false));
    expect(estimates.of('openai', request())).toMatchObject({ input: 1_250, output: 600 });
    const twice = request({ words: { min: 0, target: 600, max: 0 } });
    expect(estimates.of('openai', twice)).toMatchObject({ input: 1_250, output: 1_200 });
  });

  it('follows what changes, without being led by one call', () => {
    const estimates = new Estimates();
    estimates.learn('openai', request(), plainUsage(1_000, 400, false));
    estimates.learn('openai', request(), plainUsage(1_000, 4_000, false));
    expect(estimates.of('openai', request()).output).toBeLessThan(1_000);
    for (let i = 0; i < 60; i++) estimates.learn('openai', request(), plainUsage(1_000, 800, false));
    const { output } = estimates.of('openai', request());
    expect(output).toBeGreaterThanOrEqual(800);
    expect(output).toBeLessThan(820);
  });

  it('stays within what may be written, whatever was used', () => {
    const estimates = new Estimates();
    estimates.learn('openai', request(), plainUsage(1_000, 90_000, false));
    expect(estimates.of('openai', request()).output).toBe(4_096);
  });

  it('is of one provider, model and section', () => {
    const estimates = new Estimates();
    const first = estimates.of('openai', request());
    estimates.learn('openai', request(), plainUsage(5_000, 2_000, false));
    expect(estimates.of('compatible', request())).toEqual(first);
    expect(estimates.of('openai', request({ model: 'gpt-4o' }))).toEqual(first);
    expect(estimates.of('openai', request({ sectionId: 'goals' }))).toEqual(first);
  });

  it('learns nothing from what was itself estimated', () => {
    const estimates = new Estimates();
    const first = estimates.of('openai', request());
    estimates.learn('openai', request(), plainUsage(5_000, 2_000, true));
    expect(estimates.of('openai', request())).toEqual(first);
  });
});
