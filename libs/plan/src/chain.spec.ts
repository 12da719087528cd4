import { blueprintOf } from '../test/example-run.js';
import { planChain } from './chain.js';

const one = [{ mode: 'sequential' as const, sections: { a: [] } }];
const notes = blueprintOf('notes', one);
const digest = blueprintOf('digest', one, ['notes']);
const cards = blueprintOf('cards', one, ['notes', 'digest']);
const kinds = (chain: ReturnType<typeof planChain>) => chain.ok && chain.documents.map(({ document }) => document);

test('documents are written after what they are made from, whatever the order of the request', () => {
  const chain = planChain([cards, digest, notes], {});
  expect(kinds(chain)).toEqual(['notes', 'digest', 'cards']);
  expect(chain).toMatchObject({ ok: true, pinned: {} });
});

test('what the run does not write is read from the active version', () => {
  expect(planChain([cards], { notes: 'v1', digest: 'v2' })).toMatchObject({
    ok: true,
    pinned: { notes: 'v1', digest: 'v2' },
  });
});

test('what the run writes is never read from an older version', () => {
  expect(planChain([digest, notes], { notes: 'v1' })).toMatchObject({ ok: true, pinned: {} });
});

test('a missing prerequisite is named, with the document that needs it', () => {
  expect(planChain([cards], { notes: 'v1', digest: null })).toEqual({
    ok: false,
    code: 'prerequisite_missing',
    missing: [{ document: 'cards', requires: 'digest' }],
  });
});

test('all missing prerequisites are named at once', () => {
  expect(planChain([cards], {})).toMatchObject({ ok: false, missing: [{ requires: 'notes' }, { requires: 'digest' }] });
});

test('documents that require each other are a bug of the blueprints', () => {
  const loop = [blueprintOf('notes', one, ['digest']), digest];
  expect(() => planChain(loop, {})).toThrow('documents require each other: notes, digest');
});
