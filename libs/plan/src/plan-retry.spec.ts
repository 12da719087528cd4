import { CHECK, DIGEST, NOTES, START, after, done, failed, openRun } from '../test/example-run.js';
import { newRunState } from './new-run.js';
import { planRetry, type EndedDocument } from './plan-retry.js';
import { completedSections } from './steps.js';
import type { RunState } from './state.js';

const notes: EndedDocument = {
  kind: 'notes',
  versionId: 'n1',
  blueprint: NOTES,
  status: 'ready',
  completed: [...'abcde'],
};
const digest: EndedDocument = { kind: 'digest', versionId: 'd1', blueprint: DIGEST, status: 'ready', completed: ['f'] };

test('a partial document gets a version that carries what is finished and writes the rest; the chain goes on', () => {
  const given = [
    { ...notes, status: 'partial' as const, completed: ['e', 'a', 'c'] },
    { ...digest, status: 'cancelled' as const, completed: [] },
  ];
  expect(planRetry(given)).toEqual({
    ok: true,
    documents: [
      { kind: 'notes', blueprint: NOTES, carried: ['a', 'c', 'e'], write: ['b', 'd'] },
      { kind: 'digest', blueprint: DIGEST, carried: [], write: ['f'] },
    ],
    pinned: {},
  });
});

test('a ready document is read and not written again', () => {
  expect(planRetry([notes, { ...digest, status: 'failed', completed: [] }])).toEqual({
    ok: true,
    documents: [{ kind: 'digest', blueprint: DIGEST, carried: [], write: ['f'] }],
    pinned: { notes: 'n1' },
  });
});

test('a document that was cancelled with every section finished needs no call to become ready', () => {
  const plan = planRetry([{ ...notes, status: 'cancelled' }]);
  expect(plan).toMatchObject({ ok: true, documents: [{ carried: [...'abcde'], write: [] }] });
});

test('a run whose documents are all ready has nothing to retry', () => {
  expect(planRetry([notes, digest])).toEqual({ ok: false, code: 'nothing_to_retry' });
  expect(planRetry([])).toEqual({ ok: false, code: 'nothing_to_retry' });
});

test('retrying what failed, again and again, ends with every document ready and each section written once', () => {
  const written: string[] = [];
  let run: RunState = openRun([NOTES, DIGEST]);
  let ready: string[] = [];
  for (const missing of ['b', 'c', 'e', 'f', '']) {
    const steps = run.documents.flatMap((document) => document.steps.map(({ stepId }) => stepId));
    const ended = after(run, [
      START,
      ...steps.flatMap((id) => (id === missing ? [failed(id, 'auth')] : done(id))),
      CHECK,
    ]);
    const texts = ended.documents.flatMap((d) => d.steps.filter(({ status }) => status === 'succeeded'));
    written.push(...texts.map(({ sectionId }) => sectionId));
    ready = [...ready, ...ended.documents.filter(({ status }) => status === 'ready').map(({ kind }) => kind)];
    const plan = planRetry(ended.documents.map((d) => ({ ...d, completed: [...completedSections(d)] })));
    if (!plan.ok) break;
    const documents = plan.documents.map(({ kind, ...rest }) => ({
      documentId: kind,
      versionId: `${kind}.v2`,
      ...rest,
    }));
    const open = newRunState({ runId: 'again', kind: 'plan', documents, newStepId: () => '' });
    const named = open.documents.map((d) => ({ ...d, steps: d.steps.map((s) => ({ ...s, stepId: s.sectionId })) }));
    run = { ...open, documents: named };
  }
  expect(ready).toEqual(['notes', 'digest']);
  expect(written.toSorted()).toEqual([...'abcdef']);
});
