import { blueprint, runEventBody } from '@planwright/contracts';
import { decideAll, newRunState } from '@planwright/plan';
import type { RunEvent, RunState } from '@planwright/plan';
import { factMessage, runFacts } from './facts.js';

const id = (n: number) => `0199f3a2-7c1e-7a43-9d52-${String(n).padStart(12, '0')}`;
const section = (name: string, order: number, uses: string[] = []) => ({
  id: name,
  title: name.toUpperCase(),
  order,
  prompt: `doc.${name}`,
  uses,
  words: { min: 1, target: 2, max: 3 },
  max_output_tokens: 100,
});
const two = blueprint.parse({
  id: 'doc',
  version: 1,
  document: 'doc',
  title: 'Doc',
  stages: [{ number: 1, mode: 'sequential', streamed: true, timeout_seconds: 60, sections: ['a', 'b'] }],
  sections: [section('a', 1), section('b', 2, ['a'])],
});
const stored = { length: 4, sha256: 'd'.repeat(64) };

function fresh(): RunState {
  let next = 10;
  const documents = [{ documentId: id(3), versionId: id(4), blueprint: two }];
  return newRunState({ runId: id(1), kind: 'plan', documents, newStepId: () => id(next++) });
}

/** Plays events and returns the facts of the last one. */
function factsOf(...events: RunEvent[]) {
  let state = fresh();
  let facts: ReturnType<typeof runFacts> = [];
  for (const event of events) {
    const decided = decideAll(state, event);
    state = decided.state;
    facts = runFacts(state, decided.effects, stored);
  }
  return { state, facts };
}

const start: RunEvent = { type: 'run_started', at: 0 };
const generated = (step: number): RunEvent => ({ type: 'step_generated', at: 9_000, stepId: id(step), attempt: 1 });
const failed = (step: number): RunEvent => ({
  type: 'step_failed',
  at: 9_000,
  stepId: id(step),
  attempt: 1,
  failure: { code: 'auth', detail: 'Key rejected', resets_at: null },
  jitter: 0.5,
});

it.each<[string, RunEvent[], string[]]>([
  ['a run begins with its first stage', [start], ['stage']],
  ['a section completes before anything else moves', [start, generated(10)], ['section_complete', 'progress']],
  [
    'the last section ends document and run',
    [start, generated(10), generated(11)],
    ['section_complete', 'progress', 'document_complete', 'complete'],
  ],
  ['a failed section says so', [start, failed(10)], ['section_failed']],
  [
    'when all have failed, so has the document',
    [start, failed(10), failed(11)],
    ['section_failed', 'document_complete', 'failed'],
  ],
  ['a second copy of an event says nothing', [start, generated(10), generated(10)], []],
])('%s', (_name, events, types) => {
  const { facts } = factsOf(...events);
  expect(facts.map(({ type }) => type)).toEqual(types);
});

it('gives every fact as a live event that followers can read, and as a message', () => {
  for (const events of [[start], [start, generated(10)], [start, failed(10)], [start, generated(10), generated(11)]]) {
    const { state, facts } = factsOf(...events);
    for (const [i, fact] of facts.entries()) {
      const live = fact.type === 'section_complete' ? { ...fact, content: 'text' } : fact;
      expect(runEventBody.safeParse(live).error).toBeUndefined();
      expect(factMessage(id(2), i + 1, fact, state).payload).toMatchObject({
        run_id: id(1),
        project_id: id(2),
        n: i + 1,
      });
    }
  }
});
