import type { Blueprint } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import type { NewRun } from '@planwright/persistence';
import { estimateTokens } from '@planwright/plan';
import { estimateRun } from './estimate-run.js';
import type { EstimateCost } from './estimate-run.js';

const section = (id: string, order: number, uses: string[] = []) => ({
  ...{ id, title: `The ${id}`, order, prompt: `prd.${id}`, uses, output: 'markdown' as const },
  words: { min: 150, target: 300, max: 450 },
  max_output_tokens: 800,
});
const stage = (number: number, mode: 'sequential' | 'parallel', sections: string[]) => ({
  ...{ number, mode, streamed: true, timeout_seconds: 60, sections },
});
const prd: Blueprint = {
  ...{ id: 'prd.small', version: 1, document: 'prd', mode: 'draft', title: 'PRD', requires: [] },
  stages: [stage(1, 'sequential', ['a', 'b']), stage(2, 'parallel', ['c', 'd'])],
  sections: [section('a', 0), section('b', 1, ['a']), section('c', 2, ['a', 'b']), section('d', 3, ['a', 'b'])],
};
const tasks: Blueprint = {
  ...{ id: 'task_set', version: 1, document: 'task_set', mode: null, title: 'Tasks', requires: ['prd'] },
  stages: [stage(1, 'parallel', ['e'])],
  sections: [section('e', 0)],
};
const run = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  inputSnapshot: { project_name: 'P', idea: 'x'.repeat(400), constraints: '' },
  documents: [prd, tasks].map((blueprint) => ({
    kind: blueprint.document,
    versionId: 'v',
    blueprint,
    steps: blueprint.stages.flatMap(({ sections }) => sections.map((sectionId) => ({ id: sectionId, sectionId }))),
  })),
} as unknown as NewRun;

/** A micro-unit a token in, four a token out. */
const costOf: EstimateCost = (_provider, _model, usage) => usage.input_tokens + 4 * usage.output_tokens;
const usual = (sectionId: string, seconds: number, blueprintId = 'prd.small') => ({
  ...{ blueprintId, sectionId, seconds },
  usage: plainUsage(1_000, 500, false),
});

it('goes by the blueprint where there is no history', () => {
  const { documents, ...total } = estimateRun(run, [], costOf);
  const [first] = documents[0]?.sections ?? [];
  const tokens = estimateTokens(prd.sections[0]!, prd, 400);
  expect(first).toEqual({
    ...{ id: 'a', title: 'The a', stage: 1, from: 'blueprint' },
    ...{ input_tokens: tokens - 400, output_tokens: 400, seconds: 8 },
    cost: { amount: tokens + 3 * 400, currency: 'USD', unpriced_calls: 0 },
  });
  expect(total).toMatchObject({ provider: 'openai', model: 'gpt-4o-mini', output_tokens: 2_000 });
});

it('goes by what a section took lately, in the same blueprint', () => {
  const history = [usual('a', 3.2), usual('b', 4), usual('c', 5), usual('d', 9), usual('e', 7, 'another')];
  const { documents, seconds, input_tokens, cost } = estimateRun(run, history, costOf);
  expect(documents.map(({ sections }) => sections.map(({ from }) => from))).toEqual([
    ['history', 'history', 'history', 'history'],
    ['blueprint'],
  ]);
  // One after another, then side by side.
  expect(documents[0]).toMatchObject({ input_tokens: 4_000, output_tokens: 2_000, seconds: 4 + 4 + 9 });
  expect(seconds).toBe(17 + 8);
  expect(input_tokens).toBe(4_000 + documents[1]!.input_tokens);
  expect(cost?.amount).toBe(documents[0]!.cost!.amount! + documents[1]!.cost!.amount!);
});

it('says what it has no price for', () => {
  const { cost, documents } = estimateRun(run, [], () => null);
  expect(cost).toEqual({ amount: null, currency: 'USD', unpriced_calls: 5 });
  expect(documents[1]?.sections[0]?.cost).toEqual({ amount: null, currency: 'USD', unpriced_calls: 1 });
});
