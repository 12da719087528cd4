import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findBlueprint, planKinds } from './documents.js';
import { loadCatalogue, ownLock, readSources } from './load.js';
import { compareLock, lockOf } from './lock.js';
import { CatalogueError, problemLine } from './problems.js';

const EXAMPLE = new URL('../../../examples/blueprints/', import.meta.url).pathname;
const builtIn = loadCatalogue();
const text = (path: string) => readSources().find((source) => source.path === path)!.text;

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-blueprints-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Without the folder's own path. */
function problemsOf(folder: string): string[] {
  try {
    loadCatalogue(folder);
  } catch (error) {
    if (error instanceof CatalogueError) return error.problems.map((one) => problemLine(one).replace(`${folder}/`, ''));
    throw error;
  }
  return [];
}

const PROBLEM = 'templates/prd/draft/problem-statement.md';
const RFC = Object.fromEntries(readSources(EXAMPLE).map((source) => [source.path, source.text]));

describe('a folder of a team’s own', () => {
  test('adds a document kind', () => {
    const catalogue = loadCatalogue(EXAMPLE);
    expect(findBlueprint(catalogue, 'rfc', 'draft')).toMatchObject({ id: 'rfc', requires: ['prd'] });
    expect(planKinds(catalogue)).toEqual(['prd', 'tech_spec', 'task_set', 'rfc']);
    expect(planKinds(builtIn)).toEqual(['prd', 'tech_spec', 'task_set']);
    expect(catalogue.own.every(({ replaces }) => replaces === null)).toBe(true);
    expect(catalogue.own.map(({ kind }) => kind)).toEqual(['blueprint', ...Array<string>(6).fill('template')]);
    expect(builtIn.own).toEqual([]);
  });

  test('puts what has a built-in id in its place, and says so', () => {
    const mine = text(PROBLEM).replace('version: 2', 'version: 7').replace('argued with', 'quarrelled over');
    const catalogue = loadCatalogue(folderWith({ [PROBLEM.replaceAll('-', '_')]: mine }));
    expect(catalogue.own).toEqual([{ kind: 'template', id: 'prd.draft.problem_statement', version: 7, replaces: 2 }]);
    const template = catalogue.templates.get('prd.draft.problem_statement')!;
    expect(template.text).toContain('quarrelled over');
    expect(template.hash).not.toBe(builtIn.templates.get(template.id)?.hash);
    expect({ ...catalogue, own: [] }.templates.size).toBe(builtIn.templates.size);
  });

  test('changes every template that includes a partial of its own', () => {
    const shared = text('templates/partials/shared-context.md').replace('version: 2', 'version: 3');
    const catalogue = loadCatalogue(folderWith({ 'templates/partials/shared-context.md': `${shared}\nBe brief.\n` }));
    expect(catalogue.own).toEqual([{ kind: 'partial', id: 'shared_context', version: 3, replaces: 2 }]);
    const same = [...catalogue.templates.values()].filter(({ id, hash }) => builtIn.templates.get(id)?.hash === hash);
    expect(same).toEqual([]);
  });

  test('is read through the links of mounted configuration, without what is hidden', () => {
    const folder = folderWith(
      Object.fromEntries(Object.entries(RFC).map(([path, content]) => [`..1/${path}`, content])),
    );
    writeFileSync(join(folder, '..1/templates/.DS_Store'), 'x');
    for (const name of ['blueprints', 'templates']) symlinkSync(join('..1', name), join(folder, name));
    expect(loadCatalogue(folder).own).toEqual(loadCatalogue(EXAMPLE).own);
    expect(readSources(folder).map(({ path }) => path)).toEqual(Object.keys(RFC));
  });

  const rfc = RFC['blueprints/rfc.yaml'] ?? '';
  const refused: [string, Record<string, string | Uint8Array>, string[]][] = [
    ['nothing in it', {}, [':1:1: there is nothing in blueprints/ or templates/ of this folder']],
    ['a file of another kind', { ...RFC, 'blueprints/rfc.yml': '' }, ['blueprints/rfc.yml:1:1: this is neither']],
    [
      'a file that is no text',
      { ...RFC, 'templates/rfc/context.md': Uint8Array.of(0x2d, 0xff, 0xfe) },
      ['templates/rfc/context.md:1:1: this is not text in UTF-8'],
    ],
    [
      'a section of a built-in document',
      { ...RFC, 'blueprints/rfc.yaml': rfc.replaceAll('rfc_open_questions', 'appendix') },
      ['section appendix is one of prd already (prd.detailed); ids are unique'],
    ],
    [
      'a second blueprint for a built-in document',
      { ...RFC, 'blueprints/rfc.yaml': rfc.replace('document: rfc', 'document: tech_spec') },
      ['blueprints/rfc.yaml:5:1: two blueprints make tech_spec in mode none'],
    ],
    [
      'another document under a built-in id',
      { 'blueprints/prd.draft.yaml': text('blueprints/prd.draft.yaml').replace('mode: draft', 'mode: detailed') },
      ['prd.draft is built in and makes prd in mode draft; so must yours', 'two blueprints make prd in mode detailed'],
    ],
    [
      'a board of its own',
      {
        ...RFC,
        'blueprints/rfc.yaml': rfc.replace('prompt: rfc.context\n', 'prompt: rfc.context\n    output: tasks\n'),
        'templates/rfc/context.md': RFC['templates/rfc/context.md']!.replace('kind: markdown', 'kind: tasks'),
      },
      ['only feature_tasks and task_set have tasks'],
    ],
    [
      'a document that wants a feature',
      {
        ...RFC,
        'templates/rfc/context.md': RFC['templates/rfc/context.md']!.replace('{{> prd}}', '{{> prd}}\n{{> feature}}'),
      },
      ["blueprints/rfc.yaml:5:1: rfc needs a feature's description"],
    ],
    [
      'a built-in blueprint whose template changed its lengths',
      { [PROBLEM]: text(PROBLEM).replace('max: 300', 'max: 100') },
      [`${PROBLEM}:2:1: blueprint prd.draft: section problem_statement: words must lie within 40 to 100`],
    ],
    [
      'documents that need each other',
      {
        ...RFC,
        'blueprints/tech_spec.yaml': text('blueprints/tech_spec.yaml').replace(
          'requires: [prd]',
          'requires: [prd, rfc]',
        ),
        'blueprints/rfc.yaml': rfc.replace('requires: [prd]', 'requires: [prd, tech_spec]'),
      },
      ['documents need each other: '],
    ],
    ['a lock that is none', { ...RFC, 'prompts.lock.json': '{}' }, ['prompts.lock.json:1:1: this is no lock file']],
  ];

  test.each(refused)('with %s is refused', (_what, files, says) => {
    const problems = problemsOf(folderWith(files));
    for (const each of says) expect(problems).toContainEqual(expect.stringContaining(each));
  });

  test('that is not there is refused', () => {
    expect(() => loadCatalogue('/nowhere/at/all')).toThrow('there is no such folder');
  });

  test('keeps a lock: what has changed needs a new version, what is new is free', () => {
    const first = loadCatalogue(EXAMPLE);
    const lock = lockOf(first, first.own);
    expect(Object.keys(lock.templates)).toHaveLength(6);
    const folder = folderWith({ ...RFC, 'prompts.lock.json': JSON.stringify(lock) });
    expect(problemsOf(folder)).toEqual([]);
    expect(ownLock(folder)).toEqual(lock);
    const context = RFC['templates/rfc/context.md']!;
    const changed = context.replace(/version: \d+/, (version) => `${version}\n# so`).trimEnd();
    writeFileSync(join(folder, 'templates/rfc/context.md'), `${changed} And briefly.\n`);
    expect(problemsOf(folder)).toEqual([
      'prompts.lock.json:1:1: templates/rfc.context@1 has changed since it was locked: raise its version, or put it back',
    ]);
    writeFileSync(
      join(folder, 'templates/rfc/context.md'),
      `${context.replace('version: 1', 'version: 2')}\nBriefly.\n`,
    );
    const next = loadCatalogue(folder);
    expect(compareLock(lock, lockOf(next, next.own))).toEqual({ changed: [], missing: ['templates/rfc.context@2'] });
    renameSync(join(folder, 'prompts.lock.json'), join(folder, 'gone'));
    expect(ownLock(folder)).toBeNull();
  });
});
