import { DIGEST, NOTES } from '../test/example-run.js';
import { newRunState, type NewDocument } from './new-run.js';

const open = (...documents: NewDocument[]) => {
  let minted = 0;
  return newRunState({ runId: 'r', kind: 'plan', documents, newStepId: () => `s${++minted}` });
};
const notes = { documentId: 'd1', versionId: 'v1', blueprint: NOTES };

test('a run opens queued, with one step per section in the order of writing', () => {
  const state = open(notes, { documentId: 'd2', versionId: 'v2', blueprint: DIGEST });
  expect(state).toMatchObject({ runId: 'r', kind: 'plan', status: 'queued', cancelRequested: false, problem: null });
  expect(
    state.documents.map(({ kind, documentId, versionId, status, currentStage }) => ({
      kind,
      documentId,
      versionId,
      status,
      currentStage,
    })),
  ).toEqual([
    { kind: 'notes', documentId: 'd1', versionId: 'v1', status: 'queued', currentStage: null },
    { kind: 'digest', documentId: 'd2', versionId: 'v2', status: 'queued', currentStage: null },
  ]);
  expect(
    state.documents.flatMap(({ steps }) => steps.map((step) => [step.stepId, step.sectionId, step.stage])),
  ).toEqual([
    ['s1', 'a', 1],
    ['s2', 'b', 1],
    ['s3', 'c', 2],
    ['s4', 'd', 2],
    ['s5', 'e', 3],
    ['s6', 'f', 1],
  ]);
  expect(state.documents[1]?.steps[0]).toEqual({
    stepId: 's6',
    sectionId: 'f',
    stage: 1,
    status: 'queued',
    attempt: 0,
    tries: 0,
    rateLimits: 0,
    spentMs: 0,
    losses: 0,
    repair: null,
  });
});

test('a run waits only where the caller says so', () => {
  const made = { runId: 'r', kind: 'plan', documents: [notes], newStepId: () => 's' };
  expect([newRunState(made).waiting, newRunState({ ...made, waiting: true }).waiting]).toEqual([false, true]);
});

test('a provider caches beginnings only where the caller says so', () => {
  const made = { runId: 'r', kind: 'plan', documents: [notes], newStepId: () => 's' };
  const states = [newRunState(made), newRunState({ ...made, cachesPrefix: true })];
  expect(states.map(({ cachesPrefix }) => cachesPrefix)).toEqual([false, true]);
});

test('carried sections get no step', () => {
  const [document] = open({ ...notes, carried: ['a', 'e'] }).documents;
  expect(document?.carried).toEqual(['a', 'e']);
  expect(document?.steps.map(({ sectionId }) => sectionId)).toEqual(['b', 'c', 'd']);
});

test('only the sections asked for are written', () => {
  const [document] = open({ ...notes, carried: ['a'], write: ['d', 'b'] }).documents;
  expect(document?.steps.map(({ sectionId }) => sectionId)).toEqual(['b', 'd']);
});

test.each<[string, NewDocument[], string]>([
  ['no document', [], 'run r has no document'],
  ['a document twice', [notes, { ...notes, documentId: 'd9' }], 'run r has a document twice: notes, notes'],
  ['an unknown section to carry', [{ ...notes, carried: ['z'] }], 'blueprint notes has no section z'],
  ['an unknown section to write', [{ ...notes, write: ['z'] }], 'blueprint notes has no section z'],
  [
    'a section carried and written',
    [{ ...notes, carried: ['a'], write: ['a'] }],
    'section a is both carried over and to be written',
  ],
])('%s is refused', (_name, documents, message) => {
  expect(() => open(...documents)).toThrow(message);
});
