import type { Blueprint } from '@planwright/contracts';
import { plainUsage } from '@planwright/contracts';
import type { NewRun, PastSection, SectionHistory, VersionTexts } from '@planwright/persistence';
import { loadCatalogue } from '@planwright/prompts';
import { estimateRun } from './estimate-run.js';
import type { EstimateCost } from './estimate-run.js';

const catalogue = loadCatalogue();
const draft = catalogue.blueprints.get('prd.draft')!;
const tech = catalogue.blueprints.get('tech_spec')!;
const IDEA = 'A shelf in the laundry room from which neighbours borrow tools, and bring them back within three days.';

const written = (blueprint: Blueprint, only: readonly string[] = blueprint.stages.flatMap((one) => one.sections)) => ({
  ...{ kind: blueprint.document, versionId: 'new', blueprint },
  steps: only.map((sectionId) => ({ id: sectionId, sectionId })),
});
const runOf = (documents: object[], more: object = {}) =>
  ({
    ...{ provider: 'openai', model: 'gpt-4o-mini', projectId: 'p', pinnedVersions: {}, documents },
    inputSnapshot: { project_name: 'P', idea: IDEA, constraints: '' },
    ...more,
  }) as unknown as NewRun;
const past = (blueprint: Blueprint, usage: [number, number], of = 'other', seconds = 3): PastSection[] =>
  blueprint.sections.map(({ id }) => ({
    ...{ blueprintId: blueprint.id, sectionId: id, projectId: of, seconds },
    usage: plainUsage(...usage, false),
  }));
const historyOf = (sections: PastSection[], beginning = IDEA): SectionHistory => ({
  sections,
  projects: [...new Set(sections.map(({ projectId }) => projectId))].map((id) => ({ id, length: 100, beginning })),
});

/** A micro-unit a token in, four a token out. */
const costOf: EstimateCost = (_provider, _model, usage) => usage.input_tokens + 4 * usage.output_tokens;
const estimate = (run: NewRun, history = historyOf([]), known = new Map<string, VersionTexts>(), price = costOf) =>
  estimateRun(run, { affected: {}, cards: null }, { known, history, catalogue, costOf: price });

it('goes by the length asked for and the prompts themselves where there is no history', () => {
  const { documents, cost } = estimate(runOf([written(draft)]));
  const sections = documents[0]!.sections;
  expect(new Set(sections.map(({ from }) => from))).toEqual(new Set(['blueprint']));
  for (const { id, output_tokens: output } of sections) {
    const { target } = draft.sections.find((one) => one.id === id)!.words;
    expect(output).toBeGreaterThan(target);
    expect(output).toBeLessThan(2 * target);
  }
  const input = Object.fromEntries(sections.map((one) => [one.id, one.input_tokens]));
  // The summary reads all of them, the first one none.
  expect(input['executive_summary']).toBeGreaterThan(input['problem_statement']! + 500);
  expect(cost?.amount).toBe(documents[0]!.input_tokens + 4 * documents[0]!.output_tokens);
});

it('counts what the idea and the constraints bring in every prompt', () => {
  const inputOf = (constraints: string) =>
    estimate(runOf([written(draft)], { inputSnapshot: { project_name: 'P', idea: IDEA, constraints } })).input_tokens;
  const more = inputOf('y'.repeat(4_001)) - inputOf('y');
  expect(Math.abs(more - draft.sections.length * 1_000)).toBeLessThan(draft.sections.length);
});

it('reads texts that are there by their length, and not by what is usual', () => {
  const version = (length: number): VersionTexts => ({
    sections: [{ id: 'problem_statement', title: 'Problem Statement', content: 'z'.repeat(length) }],
    requirements: [],
  });
  const inputOf = (length: number) =>
    estimate(
      runOf([written(tech, ['architecture_overview'])], { pinnedVersions: { prd: 'v' } }),
      undefined,
      new Map([['v', version(length)]]),
    ).input_tokens;
  expect(inputOf(8_000) - inputOf(4_000)).toBe(1_000);
});

it('shows the text that is replaced beside a wish, and only then', () => {
  const known = new Map<string, VersionTexts>([
    ['v', { sections: [{ id: 'problem_statement', title: 'T', content: 'z'.repeat(4_000) }], requirements: [] }],
  ]);
  const inputOf = (instructions: string | null) => {
    const document = { ...written(draft), sourceVersionId: 'v' };
    document.steps = [{ id: 's', sectionId: 'problem_statement', instructions } as (typeof document.steps)[0]];
    return estimate(runOf([document]), undefined, known).input_tokens;
  };
  expect(inputOf('Shorter.') - inputOf(null)).toBeGreaterThan(1_000);
});

it('goes by what sections took lately: those of the project before those of others, and not by one that ran away', () => {
  const others = [past(draft, [2_000, 600]), past(draft, [2_000, 640]), past(draft, [40_000, 90_000])].flat();
  const byOthers = estimate(runOf([written(draft)]), historyOf(others)).documents[0]!.sections;
  expect(new Set(byOthers.map(({ output_tokens: output, from }) => `${output} ${from}`))).toEqual(
    new Set(['640 history']),
  );
  const own = historyOf([...others, ...past(draft, [900, 210], 'p', 7)]);
  const byOwn = estimate(runOf([written(draft)]), own).documents[0]!;
  expect(new Set(byOwn.sections.map(({ output_tokens: output }) => output))).toEqual(new Set([210]));
  // Three after another, three side by side, one at the end.
  expect(byOwn.seconds).toBe(5 * 7);
});

it('goes by other blueprints of the same section not at all', () => {
  const { sections } = estimate(runOf([written(draft)]), historyOf(past(tech, [2_000, 600]))).documents[0]!;
  expect(new Set(sections.map(({ from }) => from))).toEqual(new Set(['blueprint']));
});

it('takes a text for longer in a language that takes more tokens for a word, where it knows another language only', () => {
  const russian = 'Соседи берут инструменты из шкафа в прачечной и возвращают их в течение трёх дней. '.repeat(3);
  const run = runOf([written(draft)], { inputSnapshot: { project_name: 'P', idea: russian, constraints: '' } });
  const { output_tokens: output } = estimate(run, historyOf(past(draft, [2_000, 600]), IDEA.repeat(3)));
  expect(output).toBeGreaterThan(1.1 * 600 * draft.sections.length);
});

it('counts the input as its provider did, within reason', () => {
  const input = (tokens: number) =>
    estimate(runOf([written(draft)]), historyOf(past(draft, [tokens, 300]))).input_tokens;
  const [some, more, absurd, monstrous] = [input(1_400), input(1_800), input(30_000), input(60_000)];
  expect(more / some).toBeCloseTo(1_800 / 1_400, 2);
  expect(absurd).toBe(monstrous);
});

it('says what it has no price for', () => {
  const { cost, documents } = estimate(runOf([written(draft)]), undefined, undefined, () => null);
  expect(cost).toEqual({ amount: null, currency: 'USD', unpriced_calls: 7 });
  expect(documents[0]?.sections[0]?.cost).toEqual({ amount: null, currency: 'USD', unpriced_calls: 1 });
});
