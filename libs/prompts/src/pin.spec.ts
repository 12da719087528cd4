import { describe, expect, test } from '@jest/globals';
import type { Blueprint } from '@planwright/contracts';
import { findBlueprint } from './documents.js';
import { loadCatalogue } from './load.js';
import { compareLock, extendLock, lockOf } from './lock.js';
import { pinnedTemplates, templateFromPinned } from './pin.js';
import { pickInputs, renderPrompt } from './render.js';

const catalogue = loadCatalogue();
const blueprints = ['prd.draft', 'tech_spec'].map((id) => catalogue.blueprints.get(id) as Blueprint);

describe('templates pinned on a run', () => {
  const stored = JSON.stringify(pinnedTemplates(catalogue, blueprints));

  test('come back from JSON as they were', () => {
    for (const section of blueprints.flatMap(({ sections }) => sections)) {
      expect(templateFromPinned(JSON.parse(stored), section.prompt)).toEqual(catalogue.templates.get(section.prompt));
    }
  });

  test('render the same bytes', () => {
    const section = blueprints[0]?.sections.find(({ id }) => id === 'next_steps');
    const live = catalogue.templates.get(section?.prompt ?? '');
    if (!section || !live) throw new Error('no such section');
    const inputs = pickInputs(live, { idea: 'Book the saw.', sections: { problem_statement: 'Two people, one saw.' } });
    const pinned = templateFromPinned(JSON.parse(stored), section.prompt);
    expect(renderPrompt({ template: pinned, section, inputs })).toEqual(
      renderPrompt({ template: live, section, inputs }),
    );
  });

  test('keep their text and their hash when the catalogue moves on', () => {
    const older = JSON.parse(stored.replaceAll('This is a first draft', 'This was a first draft')) as unknown;
    const pinned = templateFromPinned(older, 'prd.draft.problem_statement');
    expect(JSON.stringify(pinned.user)).toContain('This was a first draft');
    expect(pinned.hash).toBe(catalogue.templates.get('prd.draft.problem_statement')?.hash);
  });

  test('hold each shared text once and nothing of other documents', () => {
    expect(stored.split('You write planning documents')).toHaveLength(2);
    expect(stored).not.toContain('feature.');
    expect(stored.length).toBeLessThan(40_000);
  });

  test('a template that was not pinned is an error', () => {
    expect(() => templateFromPinned(JSON.parse(stored), 'tasks.task_list')).toThrow('not pinned');
  });
});

test('a blueprint is found by document and mode; a kind without modes serves any', () => {
  expect(findBlueprint(catalogue, 'prd', 'draft')?.id).toBe('prd.draft');
  expect(findBlueprint(catalogue, 'prd', null)).toBeUndefined();
  expect(findBlueprint(catalogue, 'tech_spec', 'draft')?.id).toBe('tech_spec');
  expect(findBlueprint(catalogue, 'runbook', null)).toBeUndefined();
});

describe('the lock', () => {
  const now = lockOf(catalogue);
  const id = 'tasks.task_list';
  const version = catalogue.templates.get(id)?.version ?? 0;
  const [key, nextKey] = [`${id}@${version}`, `${id}@${version + 1}`];
  const changed = { ...now, templates: { ...now.templates, [key]: 'other bytes' } };

  test('refuses other bytes under a locked version', () => {
    expect(compareLock(now, changed)).toEqual({ changed: [`templates/${key}`], missing: [] });
    expect(() => extendLock(now, changed)).toThrow(key);
  });

  test('takes a new version and keeps the old ones', () => {
    const { [key]: hash = '', ...others } = now.templates;
    const next = { ...now, templates: { ...others, [nextKey]: 'new bytes' } };
    expect(compareLock(now, next)).toEqual({ changed: [], missing: [`templates/${nextKey}`] });
    expect(extendLock(now, next).templates).toMatchObject({ [key]: hash, [nextKey]: 'new bytes' });
  });
});
