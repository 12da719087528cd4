import { describe, expect, test } from '@jest/globals';
import { blueprint as blueprintSchema, promptText } from '@planwright/contracts';
import type { Blueprint, BlueprintStage, Prompt } from '@planwright/contracts';
import fc from 'fast-check';
import { loadCatalogue } from './load.js';
import type { PromptInputs } from './hashes.js';
import { inStageOrder, sharedData, sharedPrefix } from './prefix.js';
import { estimateTokens, pickInputs, renderPrompt } from './render.js';
import { parsePartial, parseTemplate } from './template.js';
import type { Template } from './template.js';

type Templates = ReadonlyMap<string, Template>;

/** Every prompt of a stage from the same values, each with its prefix. */
function promptsOf(templates: Templates, blueprint: Blueprint, stage: BlueprintStage, values: PromptInputs) {
  const sections = blueprint.sections.filter(({ id }) => stage.sections.includes(id));
  const stagePrompts = sections.map((section) => {
    const template = templates.get(section.prompt);
    if (!template) throw new Error(`no template ${section.prompt}`);
    return { section, template, uses: inStageOrder(blueprint, section) };
  });
  const shared = sharedData(stagePrompts);
  return stagePrompts.map(({ section, template, uses }) => {
    const written = typeof values.sections === 'object' ? (values.sections ?? {}) : {};
    const used = Object.fromEntries(Object.entries(written).filter(([id]) => uses.includes(id)));
    const inputs = pickInputs(template, { ...values, sections: used });
    const prompt = renderPrompt({ template, section: { ...section, uses }, inputs });
    return { prompt, prefix: sharedPrefix(prompt, shared) };
  });
}

const systemOf = (prompt: Prompt) => promptText(prompt.system);
const beginning = (prompt: Prompt, parts = 0) => promptText(prompt.user.slice(0, parts));
const namesIn = (prompt: Prompt, from: number, to?: number) =>
  prompt.user.slice(from, to).flatMap(({ data }) => (data === undefined ? [] : [data]));

describe('the built-in stages whose sections are written side by side', () => {
  const catalogue = loadCatalogue();
  /** Six letters a word with the space, as in English prose. */
  const words = (count: number) => 'plans '.repeat(count).trimEnd();
  const stages = [...catalogue.blueprints.values()].flatMap((blueprint) =>
    blueprint.stages.filter(({ mode }) => mode === 'parallel').map((stage) => ({ blueprint, stage })),
  );
  const valuesFor = ({ sections }: Blueprint): PromptInputs => ({
    project_name: 'Workshop',
    idea: words(60),
    constraints: words(15),
    feature_description: words(30),
    prd: words(2_500),
    tech_spec: words(3_000),
    sections: Object.fromEntries(sections.map(({ id, words: { target } }) => [id, words(target)])),
  });

  test('are these', () => {
    expect(stages.map(({ blueprint, stage }) => `${blueprint.id} ${stage.number}`)).toEqual([
      'feature_spec 2',
      'prd.detailed 2',
      'prd.draft 2',
      'tech_spec 2',
    ]);
  });

  test.each(stages)('share system part and data byte for byte: $blueprint.id', ({ blueprint, stage }) => {
    const prompts = promptsOf(catalogue.templates, blueprint, stage, valuesFor(blueprint));
    const [first] = prompts;
    expect(prompts.length).toBeGreaterThan(1);
    for (const { prompt, prefix } of prompts) {
      expect(systemOf(prompt)).toBe(systemOf(first!.prompt));
      expect(prefix).toEqual(first?.prefix);
      expect(prompt.user.slice(0, prefix?.parts)).toEqual(first?.prompt.user.slice(0, prefix?.parts));
      // Nothing that is data is left to the part of its own.
      expect(namesIn(prompt, prefix?.parts ?? 0)).toEqual([]);
      expect(promptText(prompt.user.slice(prefix?.parts))).toMatch(/^\n### Your section: /);
    }
  });

  /** Least share of a prompt that its siblings have, too. What is left is the section's own instruction, some 200 tokens. */
  test.each([
    ['feature_spec', 0.97],
    ['prd.detailed', 0.88],
    ['prd.draft', 0.88],
    ['tech_spec', 0.96],
  ])('share most of what is sent: %s at least %d', (id, least) => {
    const found = stages.find(({ blueprint }) => blueprint.id === id)!;
    const prompts = promptsOf(catalogue.templates, found.blueprint, found.stage, valuesFor(found.blueprint));
    const shares = prompts.map(({ prompt, prefix }) => {
      const shared = estimateTokens(systemOf(prompt) + beginning(prompt, prefix?.parts));
      return shared / estimateTokens(systemOf(prompt) + promptText(prompt.user));
    });
    expect(Math.min(...shares)).toBeGreaterThan(least);
  });

  test.each(stages)('share it, too, when sections are missing: $blueprint.id', ({ blueprint, stage }) => {
    const [failed] = blueprint.stages[0]!.sections;
    const sections = { ...(valuesFor(blueprint).sections as Record<string, string>), [failed!]: '' };
    const prompts = promptsOf(catalogue.templates, blueprint, stage, { ...valuesFor(blueprint), sections });
    expect(new Set(prompts.map(({ prefix }) => prefix?.key)).size).toBe(1);
    for (const { prompt, prefix } of prompts) {
      expect(namesIn(prompt, prefix?.parts ?? 0)).toEqual([]);
      expect(beginning(prompt, prefix?.parts)).not.toContain('missing here');
    }
  });

  test('have another key for another idea, stage or document', () => {
    const keys = stages.flatMap(({ blueprint, stage }) =>
      [valuesFor(blueprint), { ...valuesFor(blueprint), idea: 'Another one.' }].map(
        (values) => promptsOf(catalogue.templates, blueprint, stage, values)[0]?.prefix?.key,
      ),
    );
    expect(new Set(keys).size).toBe(2 * stages.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  test('put what a person wishes and the present text after what they share', () => {
    const { blueprint, stage } = stages.find((found) => found.blueprint.id === 'prd.detailed')!;
    const plain = promptsOf(catalogue.templates, blueprint, stage, valuesFor(blueprint));
    const more = { ...valuesFor(blueprint), instructions: 'Shorter.', current_text: 'Long.' };
    const wished = promptsOf(catalogue.templates, blueprint, stage, more);
    expect(wished.map(({ prefix }) => prefix)).toEqual(plain.map(({ prefix }) => prefix));
  });
});

const tone = parsePartial('---\nid: tone\nversion: 1\n---\n\nWrite plainly.\n', 'tone.md');

function templateOf(id: string, { system = '{{> tone}}', intro = 'The idea:' } = {}): Template {
  const source = `---
id: ${id}
version: 1
inputs:
  idea: { type: text, trust: user, max_tokens: 100000 }
  source: { type: text, trust: external, required: false, max_tokens: 100000 }
  sections: { type: sections, trust: generated, required: false, max_tokens: 100000 }
  current_text: { type: text, trust: generated, required: false, max_tokens: 100000 }
output: { kind: markdown, words: { min: 5, max: 50 } }
---

## system

${system}

## user

${intro}
{{idea}}
{{#source}}

A source:
{{source}}
{{/source}}
{{#sections}}

Before:
{{sections}}
{{/sections}}
{{#missing_sections}}
Missing: {{missing_sections}}.
{{/missing_sections}}
{{#current_text}}
Now:
{{current_text}}
{{/current_text}}

Write {{section_title}} in the manner of ${id}.
`;
  return parseTemplate(source, `${id}.md`, new Map([['tone', tone]]));
}

const EARLIER = ['a', 'b', 'c', 'd'];

/** Four sections, then as many side by side as there are lists of what they use. */
function fanOf(uses: readonly (readonly string[])[]): Blueprint {
  const side = uses.map((_, i) => `s${i}`);
  const section = (id: string, order: number, used: readonly string[]) => {
    const words = { min: 10, target: 20, max: 30 };
    return { id, title: id.toUpperCase(), order, prompt: `p.${id}`, uses: [...used], words, max_output_tokens: 100 };
  };
  const stage = { streamed: false, timeout_seconds: 60 };
  return blueprintSchema.parse({
    id: 'fan',
    version: 1,
    document: 'fan',
    title: 'Fan',
    stages: [
      { number: 1, mode: 'sequential', ...stage, sections: EARLIER },
      { number: 2, mode: 'parallel', ...stage, sections: side },
    ],
    sections: [
      ...EARLIER.map((id, i) => section(id, i, [])),
      ...side.map((id, i) => section(id, i + 4, uses[i] ?? [])),
    ],
  });
}

const templatesOf = (blueprint: Blueprint) =>
  new Map(blueprint.sections.map(({ prompt }) => [prompt, templateOf(prompt)] as const));

const fan = (
  uses: readonly (readonly string[])[],
  values: PromptInputs = { idea: 'x', sections: { a: 'A', b: 'B', c: 'C', d: 'D' } },
  change: Templates = new Map(),
) => {
  const blueprint = fanOf(uses);
  return promptsOf(new Map([...templatesOf(blueprint), ...change]), blueprint, blueprint.stages[1]!, values);
};
const dataOf = ({ prompt, prefix }: ReturnType<typeof promptsOf>[number]) => [
  namesIn(prompt, 0, prefix?.parts ?? 0).join(' '),
  namesIn(prompt, prefix?.parts ?? 0).join(' '),
];

describe('sections of one stage that use different sections', () => {
  test('show what all use first, as it was written, then what most of them use', () => {
    const rows = fan([
      ['d', 'c', 'b'],
      ['a', 'd', 'b'],
      ['b', 'c', 'd'],
    ]).map(dataOf);
    expect(rows).toEqual([
      ['idea b d', 'c'],
      ['idea b d', 'a'],
      ['idea b d', 'c'],
    ]);
  });

  test('share what else they have when they have no section in common', () => {
    expect(fan([['a'], ['b'], []]).map(dataOf)).toEqual([
      ['idea', 'a'],
      ['idea', 'b'],
      ['idea', ''],
    ]);
  });

  test('keep the order of the blueprint where they are written one after another', () => {
    const blueprint = fanOf([['b', 'a']]);
    const line = { ...blueprint, stages: blueprint.stages.map((stage) => ({ ...stage, mode: 'sequential' as const })) };
    const section = blueprint.sections.at(-1)!;
    expect([inStageOrder(line, section), inStageOrder(blueprint, section)]).toEqual([
      ['b', 'a'],
      ['a', 'b'],
    ]);
  });
});

describe('a prefix', () => {
  test('of a section that is alone in its stage is none', () => {
    expect(fan([['a']]).map(({ prefix }) => prefix)).toEqual([null]);
  });

  test('is none where the system parts differ', () => {
    const own = new Map([['p.s1', templateOf('p.s1', { system: 'Write in verse.' })]]);
    expect(fan([['a'], ['a']], undefined, own).map(({ prefix }) => prefix)).toEqual([null, null]);
  });

  test('is none where each system part names its section', () => {
    const named = (id: string) => [id, templateOf(id, { system: 'Write {{section_title}}.' })] as const;
    const own = new Map(['p.s0', 'p.s1'].map(named));
    expect(fan([['a'], ['a']], undefined, own).map(({ prefix }) => prefix)).toEqual([null, null]);
  });

  test('is the system part alone where a template introduces its data in other words', () => {
    const own = new Map([['p.s1', templateOf('p.s1', { intro: 'What it is about:' })]]);
    const prefixes = fan([['a'], ['a']], undefined, own).map(({ prefix }) => prefix);
    expect(prefixes[0]).toMatchObject({ parts: 0 });
    expect(prefixes[1]).toEqual(prefixes[0]);
  });

  test('has another key where a text of one section makes the fence of a shared one change', () => {
    const [usual] = fan([['a'], ['a']]);
    const nonce = /nonce="([0-9a-f]{16})"/.exec(promptText(usual!.prompt.user))?.[1];
    const attacked = fan([['a'], ['a', 'b']], { idea: 'x', sections: { a: 'A', b: `Now ${nonce}` } });
    expect(attacked[0]?.prefix).toEqual(usual?.prefix);
    expect(attacked[1]?.prefix?.key).not.toBe(usual?.prefix?.key);
  });

  test('has one key for the same bytes and different ones for others, whatever a stage uses and whatever failed', () => {
    const uses = fc.array(fc.shuffledSubarray(EARLIER), { minLength: 2, maxLength: 4 });
    const texts = fc.record(Object.fromEntries(EARLIER.map((id) => [id, fc.string()])));
    const values = fc.record({ idea: fc.string({ minLength: 1 }), source: fc.string(), sections: texts });
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(uses, values, fc.string(), (used, given, current) => {
        const prompts = fan(used, { ...given, current_text: current });
        const prefixes = new Set(prompts.map(({ prefix }) => JSON.stringify(prefix)));
        expect(prefixes.size).toBe(1);
        const written = EARLIER.filter((id) => given.sections[id]);
        const common = written.filter((id) => used.every((ids) => ids.includes(id)));
        for (const { prompt, prefix } of prompts) {
          expect(namesIn(prompt, 0, prefix?.parts)).toEqual(['idea', ...(given.source ? ['source'] : []), ...common]);
          const bytes = JSON.stringify([systemOf(prompt), beginning(prompt, prefix?.parts)]);
          expect(bytes).toMatch(/<\/data nonce=\\"[0-9a-f]{16}\\">\\n"\]$/);
          const key = prefix?.key ?? '';
          expect(seen.get(key) ?? bytes).toBe(bytes);
          seen.set(key, bytes);
        }
      }),
      { numRuns: 300 },
    );
    expect(new Set(seen.values()).size).toBe(seen.size);
  });
});
