import { describe, expect, test } from '@jest/globals';
import { parseCatalogue } from './catalogue.js';
import type { SourceFile } from './catalogue.js';
import { CatalogueError, problemLine } from './problems.js';
import type { SourceProblem } from './problems.js';

/** A small catalogue without faults: one document of two sections, the second seeing the first. */
const sound: Readonly<Record<string, string>> = {
  'blueprints/note.yaml': `id: note
version: 1
document: note
title: Note
requires: []
stages:
  - { number: 1, mode: sequential, streamed: true, timeout_seconds: 60, sections: [first, second] }
sections:
  - id: first
    title: First
    order: 0
    prompt: note.first
    words: { min: 10, target: 20, max: 30 }
    max_output_tokens: 100
  - id: second
    title: Second
    order: 1
    prompt: note.second
    uses: [first]
    words: { min: 10, target: 20, max: 30 }
    max_output_tokens: 100
`,
  'templates/note/first.md': `---
id: note.first
version: 1
inputs:
  idea: { type: text, trust: user, max_tokens: 100 }
output: { kind: markdown, words: { min: 5, max: 50 } }
---

## system

{{> shared_context}}

## user

{{idea}}

Write {{section_title}}.
`,
  'templates/note/second.md': `---
id: note.second
version: 1
inputs:
  sections: { type: sections, trust: generated, required: false, max_tokens: 100 }
output: { kind: markdown, words: { min: 5, max: 50 } }
---

## system

{{> shared_context}}

## user

{{#sections}}
{{sections}}
{{/sections}}
Write {{section_title}}.
`,
  'templates/partials/shared-context.md': `---
id: shared_context
version: 1
---

Write plainly.
`,
};

const blueprintFile = 'blueprints/note.yaml';
const first = 'templates/note/first.md';
const second = 'templates/note/second.md';
const shared = 'templates/partials/shared-context.md';

type Files = Record<string, string>;
const sources = (files: Files): SourceFile[] => Object.entries(files).map(([path, text]) => ({ path, text }));

/** The sound files with `from` replaced by `to` in one of them. */
function changed(path: string, from: string, to: string): Files {
  const text = sound[path] ?? '';
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  return { ...sound, [path]: text.replace(from, () => to) };
}

function problemsOf(files: Files): readonly SourceProblem[] {
  try {
    parseCatalogue(sources(files));
  } catch (error) {
    if (error instanceof CatalogueError) return error.problems;
    throw error;
  }
  return [];
}

const idea = 'idea: { type: text, trust: user, max_tokens: 100 }';
const other = (id: string, document: string, requires: string) =>
  (sound[blueprintFile] ?? '')
    .replace('id: note', `id: ${id}`)
    .replace('document: note', `document: ${document}`)
    .replace('requires: []', `requires: [${requires}]`);

const wantsPrd: Files = {
  ...sound,
  [first]: (sound[first] ?? '')
    .replace(idea, 'prd: { type: document, trust: generated, max_tokens: 9 }')
    .replace('{{idea}}', '{{prd}}'),
};

const refused: { name: string; files: Files; at: string; says: string }[] = [
  // Blueprints
  {
    name: 'an unknown key of a blueprint',
    files: changed(blueprintFile, 'title: Note', 'title: Note\ntitel: Note'),
    at: `${blueprintFile}:5:1`,
    says: 'titel',
  },
  {
    name: 'an unknown key of a section',
    files: changed(blueprintFile, '    order: 1', '    order: 1\n    weight: 2'),
    at: `${blueprintFile}:18:5`,
    says: 'sections.1.weight',
  },
  {
    name: 'a key given twice',
    files: changed(blueprintFile, 'version: 1', 'version: 1\nversion: 2'),
    at: `${blueprintFile}:3:1`,
    says: 'unique',
  },
  {
    name: 'a missing key',
    files: changed(blueprintFile, '    order: 1\n', ''),
    at: `${blueprintFile}:15:5`,
    says: 'sections.1.order',
  },
  {
    name: 'a wrong value',
    files: changed(blueprintFile, 'mode: sequential', 'mode: serial'),
    at: `${blueprintFile}:7:18`,
    says: 'stages.0.mode',
  },
  {
    name: 'broken YAML',
    files: changed(blueprintFile, 'requires: []', 'requires: ['),
    at: `${blueprintFile}:6:1`,
    says: '',
  },
  {
    name: 'a section listed twice',
    files: changed(blueprintFile, 'id: second', 'id: first'),
    at: `${blueprintFile}:7:91`,
    says: 'stage lists section second, which does not exist',
  },
  {
    name: 'a section used before it is written',
    files: changed(blueprintFile, '[first, second]', '[second, first]'),
    at: `${blueprintFile}:19:12`,
    says: 'section second uses first, which is not written before it',
  },
  {
    name: 'a sibling of a parallel stage used',
    files: changed(blueprintFile, 'mode: sequential', 'mode: parallel'),
    at: `${blueprintFile}:19:12`,
    says: 'section second uses first',
  },
  {
    name: 'a section that uses itself',
    files: changed(blueprintFile, 'uses: [first]', 'uses: [second]'),
    at: `${blueprintFile}:19:12`,
    says: 'section second uses second',
  },
  {
    name: 'a section in no stage',
    files: changed(blueprintFile, '[first, second]', '[first]'),
    at: `${blueprintFile}:15:5`,
    says: 'section second is in no stage',
  },
  {
    name: 'an id that is not its place',
    files: changed(blueprintFile, 'id: note', 'id: memo'),
    at: `${blueprintFile}:1:1`,
    says: 'id is memo',
  },
  {
    name: 'a template that is not there',
    files: changed(blueprintFile, 'prompt: note.second', 'prompt: note.third'),
    at: `${blueprintFile}:18:5`,
    says: 'there is no template note.third',
  },
  {
    name: 'a required document nobody makes',
    files: changed(blueprintFile, 'requires: []', 'requires: [prd]'),
    at: `${blueprintFile}:5:12`,
    says: 'requires prd',
  },
  {
    name: 'two blueprints for one document',
    files: { ...sound, 'blueprints/memo.yaml': other('memo', 'note', '') },
    at: `${blueprintFile}:3:1`,
    says: 'two blueprints make note',
  },
  {
    name: 'documents that need each other',
    files: {
      ...changed(blueprintFile, 'requires: []', 'requires: [memo]'),
      'blueprints/memo.yaml': other('memo', 'memo', 'note'),
    },
    at: `${blueprintFile}:5:1`,
    says: 'note → memo → note',
  },
  {
    name: 'documents that need each other in one of their modes',
    files: {
      ...changed(blueprintFile, 'requires: []', 'requires: [memo]'),
      'blueprints/memo.yaml': other('memo', 'memo', 'note'),
      'blueprints/short.yaml': other('short', 'note', '').replace('title: Note', 'title: Note\nmode: draft'),
    },
    at: `${blueprintFile}:5:1`,
    says: 'note → memo → note',
  },
  {
    name: 'words the template was not written for',
    files: changed(second, 'max: 50', 'max: 25'),
    at: `${blueprintFile}:20:5`,
    says: 'words must lie within 5 to 25',
  },
  {
    name: 'an output the template does not write',
    files: changed(second, 'kind: markdown', 'kind: tasks'),
    at: `${blueprintFile}:15:5`,
    says: 'its output is markdown',
  },
  {
    name: 'used sections the template does not take',
    files: changed(blueprintFile, 'prompt: note.second', 'prompt: note.first'),
    at: `${blueprintFile}:19:5`,
    says: 'takes none',
  },
  {
    name: 'a template that waits for sections in vain',
    files: changed(blueprintFile, '    uses: [first]\n', ''),
    at: `${blueprintFile}:15:5`,
    says: 'it uses no sections',
  },
  {
    name: 'a document the blueprint does not require',
    files: wantsPrd,
    at: `${blueprintFile}:12:5`,
    says: 'needs the document prd',
  },
  {
    name: 'a title of two lines',
    files: changed(blueprintFile, 'title: First', 'title: "First\\nSecond"'),
    at: `${blueprintFile}:10:5`,
    says: 'must be one line',
  },
  {
    name: 'a section that is one of another document, too',
    files: { ...sound, 'blueprints/memo.yaml': other('memo', 'memo', '') },
    at: `${blueprintFile}:9:5`,
    says: 'section first is one of memo already (memo)',
  },
  {
    name: 'a document under another name of one',
    files: changed(blueprintFile, 'document: note', 'document: tech'),
    at: `${blueprintFile}:3:1`,
    says: 'tech is another name of tech_spec',
  },
  {
    name: 'a document with the name of an input',
    files: changed(blueprintFile, 'document: note', 'document: instructions'),
    at: `${blueprintFile}:3:1`,
    says: 'instructions is the name of an input',
  },
  {
    name: 'a section with the name of an input',
    files: {
      ...sound,
      [blueprintFile]: (sound[blueprintFile] ?? '')
        .replace('[first, second]', '[idea, second]')
        .replace('id: first', 'id: idea')
        .replace('uses: [first]', 'uses: [idea]'),
    },
    at: `${blueprintFile}:9:5`,
    says: 'idea is the name of an input',
  },
  {
    name: 'a blueprint for one of the modes alone',
    files: changed(blueprintFile, 'title: Note', 'title: Note\nmode: draft'),
    at: `${blueprintFile}:5:1`,
    says: 'note needs a blueprint for each mode',
  },
  {
    name: 'an input that nobody gives',
    files: { ...sound, [first]: (sound[first] ?? '').replaceAll('idea', 'audience') },
    at: `${first}:5:3`,
    says: 'nobody gives an input audience; there are project_name, idea, constraints',
  },
  {
    name: 'an input that can be absent',
    files: { ...sound, [first]: (sound[first] ?? '').replaceAll('idea', 'constraints') },
    at: `${first}:5:3`,
    says: 'input constraints can be absent: it needs required: false',
  },
  // Front matter
  {
    name: 'no front matter',
    files: { ...sound, [first]: '## system\n\nx\n\n## user\n\ny\n' },
    at: `${first}:1:1`,
    says: 'front matter',
  },
  {
    name: 'an unknown key of a template',
    files: changed(first, 'version: 1', 'version: 1\nmodel: big'),
    at: `${first}:4:1`,
    says: 'model',
  },
  {
    name: 'an unknown key of an input',
    files: changed(first, 'max_tokens: 100', 'max_tokens: 100, tokens: 1'),
    at: `${first}:5:53`,
    says: 'inputs.idea.tokens',
  },
  {
    name: 'an input without a budget',
    files: changed(first, ', max_tokens: 100', ''),
    at: `${first}:5:3`,
    says: 'max_tokens is missing',
  },
  {
    name: 'people’s text declared as ours',
    files: changed(first, 'trust: user', 'trust: system'),
    at: `${first}:5:3`,
    says: 'input idea has trust user, not system',
  },
  {
    name: 'a document declared as ours',
    files: changed(first, 'type: text, trust: user', 'type: document, trust: system'),
    at: `${first}:5:3`,
    says: 'cannot have trust system',
  },
  {
    name: 'a number from a user',
    files: changed(first, idea, 'count: { type: number, trust: user }'),
    at: `${first}:5:3`,
    says: 'needs trust system',
  },
  {
    name: 'a choice without values',
    files: changed(first, idea, 'size: { type: enum, trust: system }'),
    at: `${first}:5:3`,
    says: 'values is missing',
  },
  {
    name: 'a built-in value declared',
    files: changed(first, 'inputs:', 'inputs:\n  words_min: { type: number, trust: system }'),
    at: `${first}:5:3`,
    says: 'words_min is built in',
  },
  {
    name: 'sections under another name',
    files: changed(first, idea, 'parts: { type: sections, trust: generated, max_tokens: 9 }'),
    at: `${first}:5:3`,
    says: 'is called sections',
  },
  {
    name: 'a template id that is not its place',
    files: changed(first, 'id: note.first', 'id: note.fist'),
    at: `${first}:2:1`,
    says: 'note.fist',
  },
  // Bodies
  {
    name: 'an undeclared variable',
    files: changed(first, 'Write {{section_title}}', 'Write {{audience}}'),
    at: `${first}:17:7`,
    says: 'audience is not declared',
  },
  {
    name: 'a declared input never used',
    files: changed(first, '{{idea}}\n', ''),
    at: `${first}:5:3`,
    says: 'input idea is declared and never used',
  },
  {
    name: 'an input only tested, never used',
    files: changed(first, '{{idea}}', '{{#idea}}yes{{/idea}}'),
    at: `${first}:5:3`,
    says: 'never used',
  },
  {
    name: 'people’s text in the system part',
    files: changed(first, '{{> shared_context}}', '{{idea}}'),
    at: `${first}:11:1`,
    says: 'cannot shape the system part',
  },
  {
    name: 'a system part that depends on people’s text',
    files: changed(first, '{{> shared_context}}', '{{#idea}}x{{/idea}}'),
    at: `${first}:11:1`,
    says: 'cannot shape the system part',
  },
  {
    name: 'a fenced value inside a sentence',
    files: changed(first, '{{idea}}', 'The idea is {{idea}}.'),
    at: `${first}:15:13`,
    says: 'must stand alone on its line',
  },
  {
    name: 'an optional input used as if it were there',
    files: changed(first, 'max_tokens: 100', 'max_tokens: 100, required: false'),
    at: `${first}:15:1`,
    says: 'must stand inside {{#idea}}',
  },
  {
    name: 'an unclosed block',
    files: changed(second, '{{/sections}}\n', ''),
    at: `${second}:15:1`,
    says: '{{#sections}} is never closed',
  },
  {
    name: 'a block closed by another name',
    files: changed(second, '{{/sections}}', '{{/section}}'),
    at: `${second}:15:1`,
    says: '{{#sections}} is never closed',
  },
  {
    name: 'a stray closing tag',
    files: changed(first, '{{idea}}', '{{idea}}\n{{/idea}}'),
    at: `${first}:16:1`,
    says: 'nothing is open',
  },
  {
    name: 'an expression',
    files: changed(first, '{{section_title}}', '{{ section_title | upper }}'),
    at: `${first}:17:7`,
    says: 'double braces',
  },
  {
    name: 'an unclosed tag',
    files: changed(first, '{{section_title}}', '{{section_title'),
    at: `${first}:17:7`,
    says: 'double braces',
  },
  {
    name: 'an unknown partial',
    files: changed(first, '{{> shared_context}}', '{{> context}}'),
    at: `${first}:11:1`,
    says: 'there is no partial context',
  },
  {
    name: 'a partial inside a partial',
    files: changed(shared, 'Write plainly.', '{{> shared_context}}'),
    at: `${shared}:6:1`,
    says: 'cannot include a partial',
  },
  {
    name: 'a variable the partial does not declare itself',
    files: changed(shared, 'Write plainly.', '{{idea}}'),
    at: `${shared}:6:1`,
    says: 'idea is not declared',
  },
  {
    name: 'an input declared in two ways',
    files: changed(
      shared,
      'version: 1\n---\n\nWrite plainly.',
      'version: 1\ninputs: { idea: { type: text, trust: user, max_tokens: 7 } }\n---\n\n{{idea}}',
    ),
    at: `${first}:11:1`,
    says: 'declared differently in partial shared_context',
  },
  { name: 'no user part', files: changed(first, '## user', '### user'), at: `${first}:9:1`, says: '"## user"' },
  {
    name: 'a second system part',
    files: changed(first, 'Write {{section_title}}.', '## system\n\nWrite.'),
    at: `${first}:17:1`,
    says: '"## system"',
  },
  {
    name: 'text above the system part',
    files: changed(first, '## system', 'Hello\n\n## system'),
    at: `${first}:9:1`,
    says: '"## system"',
  },
  { name: 'an empty part', files: changed(first, '{{> shared_context}}', ''), at: `${first}:9:1`, says: 'empty' },
  {
    name: 'a heading that could pass for a part',
    files: changed(first, 'Write {{section_title}}.', '## Users\n\nWrite.'),
    at: `${first}:17:1`,
    says: 'start at ###',
  },
  {
    name: 'a file of another kind',
    files: { ...sound, 'templates/note/first.txt': '' },
    at: 'templates/note/first.txt:1:1',
    says: 'neither blueprints/*.yaml nor templates/**/*.md',
  },
];

describe('a catalogue', () => {
  test('without faults is read', () => {
    const catalogue = parseCatalogue(sources(sound));
    expect([...catalogue.blueprints.keys()]).toEqual(['note']);
    expect([...catalogue.templates.keys()]).toEqual(['note.first', 'note.second']);
  });

  test.each(refused)('with $name is refused, naming file, line and column', ({ files, at, says }) => {
    const [problem] = problemsOf(files);
    expect(problem && `${problem.file}:${problem.line}:${problem.column}`).toBe(at);
    expect(problem?.message).toContain(says);
  });

  test('with several faults names them all', () => {
    const files = {
      ...changed(first, '{{idea}}', '{{ides}}'),
      [second]: changed(second, 'version: 1', 'version: one')[second] ?? '',
    };
    expect(problemsOf(files).map(problemLine)).toEqual([
      `${first}:5:3: input idea is declared and never used`,
      `${first}:15:1: ides is not declared in inputs`,
      `${second}:3:1: version: Invalid input: expected number, received string`,
    ]);
  });

  test('names all faults of one file, those behind an unknown key as well', () => {
    const text = (sound[blueprintFile] ?? '')
      .replace('title: Note', 'title: Note\ncolour: red')
      .replace('id: second', 'id: zweitens\n    weight: 2')
      .replace('prompt: note.first', 'prompt: note.fist');
    const body = (sound[first] ?? '')
      .replace('{{idea}}', 'The {{ides}} of {{idea}} and {{ idea | upper }}\n{{#idea}}\n{{/sections}}')
      .replace('Write', '## Title\nWrite');
    expect(problemsOf({ ...sound, [blueprintFile]: text, [first]: body }).map(problemLine)).toEqual([
      `${first}:15:5: ides is not declared in inputs`,
      `${first}:15:17: {{idea}} is fenced and must stand alone on its line`,
      `${first}:15:30: double braces hold {{name}}, {{#name}}, {{/name}} or {{> name}} only`,
      `${first}:16:1: {{#idea}} is never closed`,
      `${first}:17:1: {{/sections}} closes nothing: {{/idea}} was expected`,
      `${first}:19:1: headings inside a part start at ###`,
      `${blueprintFile}:5:1: colour: is not a known key`,
      `${blueprintFile}:8:91: stage lists section second, which does not exist`,
      `${blueprintFile}:13:5: section first: there is no template note.fist`,
      `${blueprintFile}:16:5: section zweitens is in no stage`,
      `${blueprintFile}:17:5: sections.1.weight: is not a known key`,
    ]);
  });

  test('says nothing of what may be in a file that could not be read', () => {
    const files = {
      ...changed(blueprintFile, 'requires: []', 'requires: [memo]'),
      'blueprints/memo.yaml': 'id: memo',
      [shared]: (sound[shared] ?? '').replace('version: 1', 'version: x'),
      [second]: (sound[second] ?? '').replace('version: 1', 'version: y'),
    };
    expect(new Set(problemsOf(files).map(({ file }) => file))).toEqual(
      new Set([shared, second, 'blueprints/memo.yaml']),
    );
  });

  test('refuses aliases that grow without end', () => {
    const bomb = `id: &a [x, x, x, x, x, x, x, x, x]
version: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
document: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
title: [*c, *c, *c, *c, *c, *c, *c, *c, *c]
`;
    expect(problemsOf({ ...sound, [blueprintFile]: bomb })[0]?.message).toContain('alias');
  });

  test('reads Windows line ends and decomposed letters as the same text', () => {
    const crlf = Object.fromEntries(Object.entries(sound).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]));
    const hashes = (files: Files) => [...parseCatalogue(sources(files)).templates.values()].map(({ hash }) => hash);
    expect(hashes(crlf)).toEqual(hashes(sound));
    const composed = changed(shared, 'plainly', 'caf\u00e9');
    const decomposed = changed(shared, 'plainly', 'cafe\u0301');
    expect(hashes(decomposed)).toEqual(hashes(composed));
    expect(hashes(composed)).not.toEqual(hashes(sound));
  });
});
