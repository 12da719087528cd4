import type { GenerateRequest } from '@planwright/contracts';
import { systemText, userText, userTextParts } from './request-text.js';

const request: GenerateRequest = {
  prompt: {
    system: [{ text: 'You write ' }, { text: 'plans.' }],
    user: [{ text: 'The idea: ' }, { text: '<idea>a bakery</idea>', data: 'idea' }, { text: ' Write the goals.' }],
  },
  model: 'm',
  output: 'markdown',
  words: { min: 50, target: 100, max: 200 },
  maxOutputTokens: 500,
  title: 'Goals',
  document: 'prd',
  sectionId: 'goals',
  repair: null,
  prefix: null,
};

describe('the text of a request', () => {
  it('is the parts of the prompt, one behind the other', () => {
    expect(systemText(request)).toBe('You write plans.');
    expect(userText(request)).toBe('The idea: <idea>a bakery</idea> Write the goals.');
  });

  it('has an empty prefix where nothing is shared', () => {
    expect(userTextParts(request)).toEqual(['', 'The idea: <idea>a bakery</idea> Write the goals.']);
  });

  it('is split behind the shared parts', () => {
    expect(userTextParts({ ...request, prefix: { parts: 2, key: 'k' } })).toEqual([
      'The idea: <idea>a bakery</idea>',
      ' Write the goals.',
    ]);
  });

  it('tells a repair, in the user role and at the end, what was wrong', () => {
    const repair = { code: 'malformed', detail: 'the task list breaks\nits schema at /tasks.' };
    const repaired = { ...request, prefix: { parts: 2, key: 'k' }, repair };
    const [prefix, rest] = userTextParts(repaired);
    expect(prefix).toBe('The idea: <idea>a bakery</idea>');
    expect(rest).toMatch(/^ Write the goals\.\n\nYour last answer .*\(malformed\): the task list breaks its schema at/);
    expect(rest).toContain('/tasks. Answer anew and in full');
    expect(userText(repaired)).toBe(prefix + rest);
    expect(systemText(repaired)).toBe(systemText(request));
  });

  it('asks for a shorter text where the last one was cut off', () => {
    const repair = { code: 'truncated', detail: 'cut off at the output limit of 500 tokens' };
    expect(userText({ ...request, repair })).toContain('Write more briefly');
  });
});
