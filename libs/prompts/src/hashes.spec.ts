import { describe, expect, test } from '@jest/globals';
import { canonicalJson, contentHash, inputHash, inputHashes, outputSchema, promptHash } from './hashes.js';
import { parsePartial, parseTemplate } from './template.js';

const call = { provider: 'openai', model: 'gpt-4o-mini', maxOutputTokens: 800 };
const prompt = { system: [{ text: 'Write.' }], user: [{ text: 'The idea: ' }, { text: 'saw', data: 'idea' }] };

const partialSource = '---\nid: tone\nversion: 1\n---\n\nPlainly.\n';
const templateSource = `---
id: note
version: 1
output: { kind: markdown, words: { min: 5, max: 50 } }
---

## system

{{> tone}}

## user

Write.
`;
const hashOf = (source: string, partial = partialSource) =>
  parseTemplate(source, 'note.md', new Map([['tone', parsePartial(partial, 'tone.md')]])).hash;

test('canonical JSON sorts keys at every depth and keeps the order of lists', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }, 'x'], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},"x"]}');
});

test('a content hash is the SHA-256 of the UTF-8 bytes', () => {
  expect(contentHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(contentHash('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
});

describe('the template hash', () => {
  const before = hashOf(templateSource);

  test('is the same for the same meaning: spacing and key order of the front matter, line ends, space at the end', () => {
    expect(hashOf(templateSource.replace('id: note\nversion: 1', 'version: 1\nid:   note'))).toBe(before);
    expect(hashOf(`${templateSource}\n\n`)).toBe(before);
    expect(hashOf(templateSource.replaceAll('\n', '\r\n'))).toBe(before);
  });

  test.each([
    ['the version', templateSource.replace('version: 1', 'version: 2'), partialSource],
    ['the body', templateSource.replace('Write.', 'Write!'), partialSource],
    ['the output', templateSource.replace('kind: markdown', 'kind: tasks'), partialSource],
    ['a partial', templateSource, partialSource.replace('Plainly', 'Warmly')],
  ])('changes with %s', (_name, source, partial) => {
    expect(hashOf(source, partial)).not.toBe(before);
  });
});

describe('the prompt hash', () => {
  const before = promptHash(prompt, 'markdown', call);

  test('sees the text, not how it is cut into parts', () => {
    const joined = { system: [{ text: 'Wri' }, { text: 'te.' }], user: [{ text: 'The idea: saw' }] };
    expect(promptHash(joined, 'markdown', { ...call, params: {} })).toBe(before);
  });

  test.each([
    ['the provider', promptHash(prompt, 'markdown', { ...call, provider: 'compatible' })],
    ['the model', promptHash(prompt, 'markdown', { ...call, model: 'gpt-4o' })],
    ['the output limit', promptHash(prompt, 'markdown', { ...call, maxOutputTokens: 801 })],
    ['a parameter', promptHash(prompt, 'markdown', { ...call, params: { temperature: 0.2 } })],
    ['the output schema', promptHash(prompt, 'tasks', call)],
    ['a character', promptHash({ ...prompt, system: [{ text: 'Write!' }] }, 'markdown', call)],
    [
      'text moved to the other role',
      promptHash({ system: [], user: [...prompt.system, ...prompt.user] }, 'markdown', call),
    ],
  ])('changes with %s', (_name, hash) => {
    expect(hash).not.toBe(before);
  });
});

describe('the input hash', () => {
  const inputs = { idea: 'saw', sections: { first: 'One.', second: 'Two.' } };

  test('does not depend on order, nor on values that are absent or empty', () => {
    expect(
      inputHash({ sections: { second: 'Two.', first: 'One.', third: '' }, constraints: null, prd: '', idea: 'saw' }),
    ).toBe(inputHash(inputs));
  });

  test('changes when a value changes, or when two change places', () => {
    const others = [
      { ...inputs, idea: 'saws' },
      { idea: 'saw', sections: { first: 'Two.', second: 'One.' } },
      { idea: 'saw', sections: { first: 'One.' } },
      { idea: 'saw' },
    ];
    expect(new Set([inputs, ...others].map(inputHash)).size).toBe(5);
  });

  test('is made of one hash per value', () => {
    expect(inputHashes(inputs)).toEqual({
      idea: contentHash('saw'),
      'sections.first': contentHash('One.'),
      'sections.second': contentHash('Two.'),
    });
  });
});

test('tasks have a JSON schema without open objects, Markdown has none', () => {
  expect(outputSchema('markdown')).toBeNull();
  expect(outputSchema('tasks')).toMatchObject({ type: 'object', required: ['tasks'], additionalProperties: false });
});
