import { loadCatalogue } from '@planwright/prompts';
import { NOTES } from '../test/example-run.js';
import { estimateTokens } from './estimate-tokens.js';

const [a, b] = NOTES.sections;
if (!a || !b) throw new Error('the example has no sections');

test('counts the template, what the project brings, the sections it uses and its own text', () => {
  expect(estimateTokens(a, NOTES, 0)).toBe(500 + 134);
  expect(estimateTokens(a, NOTES, 4_000)).toBe(500 + 1_000 + 134);
  expect(estimateTokens(b, NOTES, 0)).toBe(500 + 267);
});

test('counts no more text than the output limit lets through, of itself and of what it uses', () => {
  const short = NOTES.sections.map((section) => ({ ...section, max_output_tokens: 50 }));
  const section = short[1] ?? b;
  expect(estimateTokens(section, { sections: short, requires: [] }, 0)).toBe(500 + 50 + 50);
});

test('counts each required document', () => {
  expect(estimateTokens(a, { ...NOTES, requires: ['prd', 'tech_spec'] }, 0)).toBe(500 + 2 * 3_500 + 134);
});

describe('the built-in blueprints', () => {
  const { blueprints } = loadCatalogue();
  /** Tokens in and out by stage of a PRD. */
  const targets: Record<number, number> = { 1: 1_500 + 800, 2: 2_500 + 600, 3: 4_000 + 400 };
  const rows = [...blueprints.values()].flatMap((blueprint) =>
    blueprint.stages.flatMap(({ number, sections }) =>
      blueprint.sections
        .filter(({ id }) => sections.includes(id))
        .map((section) => ({ name: `${blueprint.id} ${section.id}`, blueprint, section, stage: number })),
    ),
  );

  test('are known', () => expect(rows.length).toBeGreaterThan(25));

  test.each(rows.filter(({ blueprint }) => blueprint.document === 'prd'))(
    '$name stays within the target of its stage, and is not far below it',
    ({ blueprint, section, stage }) => {
      const tokens = estimateTokens(section, blueprint, 600);
      expect(tokens).toBeLessThanOrEqual(targets[stage] ?? 0);
      expect(tokens).toBeGreaterThanOrEqual((targets[stage] ?? 0) / 3);
    },
  );

  test.each(rows)('$name is a whole number of at most 15,000 tokens', ({ blueprint, section }) => {
    const tokens = estimateTokens(section, blueprint, 5_000);
    expect(Number.isSafeInteger(tokens)).toBe(true);
    expect(tokens).toBeLessThanOrEqual(15_000);
  });
});
