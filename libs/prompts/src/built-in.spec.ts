import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { promptText, sectionsBefore } from '@planwright/contracts';
import type { Blueprint, BlueprintSection, Prompt } from '@planwright/contracts';
import { findBlueprint } from './documents.js';
import type { PromptInputs } from './hashes.js';
import { BUILT_IN_DIR, loadCatalogue } from './load.js';
import { compareLock, lockOf } from './lock.js';
import type { Lock } from './lock.js';
import { estimateTokens, pickInputs, renderPrompt } from './render.js';

const catalogue = loadCatalogue();
const blueprints = [...catalogue.blueprints.values()];
const sections = blueprints.flatMap((blueprint) => blueprint.sections.map((section) => ({ blueprint, section })));

const idea =
  'A booking page for the shared workshop of our housing co-operative. 140 members book the bench, the saw and the oven ' +
  'by phone today; twice a week two people arrive for the same slot. Members should see what is free and book in a minute, ' +
  'and the caretaker should see who has which key.';
const constraints = 'Runs on our own small server. No payments. Members without e-mail must be able to book.';

/** A text of so many words, six UTF-16 units each with the space, as in English prose. */
const words = (count: number) => 'plans '.repeat(count).trimEnd();
const lengthOf = (kind: string) =>
  words(
    (findBlueprint(catalogue, kind, 'detailed')?.sections ?? []).reduce(
      (sum, section) => sum + section.words.target,
      0,
    ),
  );

function sampleInputs(blueprint: Blueprint, section: BlueprintSection): PromptInputs {
  const target = (id: string) => blueprint.sections.find((other) => other.id === id)?.words.target ?? 0;
  return {
    project_name: 'Workshop',
    idea,
    constraints,
    feature_description: 'Members swap slots with each other without asking the caretaker.',
    prd: lengthOf('prd'),
    tech_spec: lengthOf('tech_spec'),
    feature_spec: lengthOf('feature_spec'),
    sections: Object.fromEntries(section.uses.map((id) => [id, words(target(id))])),
  };
}

function render(blueprint: Blueprint, section: BlueprintSection, extra: PromptInputs = {}): Prompt {
  const template = catalogue.templates.get(section.prompt);
  if (!template) throw new Error(`no template ${section.prompt}`);
  const inputs = pickInputs(template, { ...sampleInputs(blueprint, section), ...extra });
  return renderPrompt({ template, section, inputs });
}

const whole = (prompt: Prompt) => promptText(prompt.system) + promptText(prompt.user);

function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...rest] = texts;
  let length = first.length;
  for (const text of rest) {
    let same = 0;
    while (same < length && text[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}

describe('the PRD blueprints', () => {
  test('are what the design says', () => {
    const told = ['prd.detailed', 'prd.draft'].map((id) => {
      const blueprint = catalogue.blueprints.get(id);
      const inOrder = [...(blueprint?.sections ?? [])].sort((a, b) => a.order - b.order);
      return {
        id,
        stages: blueprint?.stages.map((stage) => [
          stage.mode,
          stage.streamed,
          stage.timeout_seconds,
          stage.sections.join(' '),
        ]),
        titles: inOrder.map((section) => `${section.order} ${section.title}`),
      };
    });
    expect(told).toEqual([
      {
        id: 'prd.detailed',
        stages: [
          ['sequential', true, 60, 'problem_statement goals_objectives target_users proposed_solution'],
          [
            'parallel',
            false,
            90,
            'functional_requirements non_functional_requirements technical_considerations success_metrics timeline_milestones risks_mitigations appendix',
          ],
          ['sequential', true, 45, 'executive_summary'],
        ],
        titles: [
          '0 Executive Summary',
          '1 Problem Statement',
          '2 Goals and Objectives',
          '3 Target Users',
          '4 Proposed Solution',
          '5 Functional Requirements',
          '6 Non-Functional Requirements',
          '7 Technical Considerations',
          '8 Success Metrics',
          '9 Timeline and Milestones',
          '10 Risks and Mitigations',
          '11 Appendix',
        ],
      },
      {
        id: 'prd.draft',
        stages: [
          ['sequential', true, 60, 'problem_statement goals_objectives proposed_solution'],
          ['parallel', false, 90, 'open_questions identified_gaps next_steps'],
          ['sequential', true, 45, 'executive_summary'],
        ],
        titles: [
          '0 Executive Summary',
          '1 Problem Statement',
          '2 Goals and Objectives',
          '3 Proposed Solution',
          '4 Open Questions',
          '5 Identified Gaps',
          '6 Next Steps',
        ],
      },
    ]);
  });
});

describe('every built-in blueprint', () => {
  test('gives each section everything written before it', () => {
    for (const { blueprint, section } of sections) {
      expect([section.id, [...section.uses].sort()]).toEqual([
        section.id,
        sectionsBefore(blueprint, section.id).sort(),
      ]);
    }
  });

  test('has section ids that no other document kind has', () => {
    const owners = new Map<string, Set<string>>();
    for (const { blueprint, section } of sections) {
      owners.set(section.id, (owners.get(section.id) ?? new Set()).add(blueprint.document));
    }
    expect([...owners].filter(([, kinds]) => kinds.size > 1)).toEqual([]);
  });

  test('has a title per section id, whatever the mode', () => {
    const titles = new Map<string, Set<string>>();
    for (const { section } of sections)
      titles.set(section.id, (titles.get(section.id) ?? new Set()).add(section.title));
    expect([...titles].filter(([, all]) => all.size > 1)).toEqual([]);
  });

  test('leaves room for its longest text: twice the words in tokens, for languages that need more of them', () => {
    for (const { section } of sections)
      expect([section.id, section.max_output_tokens >= section.words.max * 2]).toEqual([section.id, true]);
  });

  test('every template and partial has a use', () => {
    const used = new Set(sections.map(({ section }) => section.prompt));
    expect([...catalogue.templates.keys()].filter((id) => !used.has(id))).toEqual([]);
    const included = new Set([...catalogue.templates.values()].flatMap(({ partials }) => partials));
    expect([...catalogue.partials.keys()].filter((id) => !included.has(id))).toEqual([]);
  });

  test('the chain of a plan and of a feature is complete', () => {
    const chain = Object.fromEntries(blueprints.map(({ id, requires }) => [id, requires]));
    expect(chain).toEqual({
      'prd.detailed': [],
      'prd.draft': [],
      tech_spec: ['prd'],
      task_set: ['prd', 'tech_spec'],
      feature_spec: [],
      feature_tasks: ['feature_spec'],
    });
  });

  test('a feature needs at most 300 s of provider time', () => {
    const seconds = ['feature_spec', 'feature_tasks'].flatMap((id) =>
      (catalogue.blueprints.get(id)?.stages ?? []).map(
        (stage) => stage.timeout_seconds * (stage.mode === 'sequential' ? stage.sections.length : 1),
      ),
    );
    expect(seconds.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(300);
  });
});

describe.each(sections)('the prompt of $blueprint.id / $section.id', ({ blueprint, section }) => {
  const prompt = render(blueprint, section);

  test('has one system text for the whole document, and every value in a part of its own', () => {
    const first = blueprint.sections.find((other) => other.id === blueprint.stages[0]?.sections[0]);
    expect(first && promptText(render(blueprint, first).system)).toBe(promptText(prompt.system));
    expect(prompt.system.every((part) => part.data === undefined)).toBe(true);
    const names = prompt.user.flatMap((part) => part.data ?? []);
    expect(names).toEqual(expect.arrayContaining(['idea', 'constraints', ...section.uses]));
    expect(new Set(names).size).toBe(names.length);
  });

  test('reads well: no tag left, no blank lines in a row, no heading above the third level', () => {
    const ours = prompt.user.map(({ text, data }) => (data === undefined ? text : 'x')).join('');
    expect(ours).not.toMatch(/\{\{|\}\}|\n\n\n|^##? /m);
    expect(promptText(prompt.system)).not.toMatch(/\{\{|\}\}|\n\n\n|^##? /m);
    expect(ours).not.toMatch(/[^\n]\n###/);
    expect(ours.endsWith('instruction.\n')).toBe(true);
  });

  test('says so when used sections are missing, and shows wishes and the present text', () => {
    const sections = Object.fromEntries(section.uses.slice(1).map((id) => [id, 'x']));
    const text = promptText(
      render(blueprint, section, { sections, instructions: 'Shorter, please.', current_text: 'Long text.' }).user,
    );
    if (section.uses.length > 0) expect(text).toContain(`missing here: ${section.uses[0]}.`);
    expect(text).toContain('\nShorter, please.\n</data');
    expect(text).toContain('\nLong text.\n</data');
  });
});

describe('cacheable prefixes', () => {
  test.each(blueprints)('parallel sections of $id differ only after all their inputs', (blueprint) => {
    for (const stage of blueprint.stages.filter(({ mode }) => mode === 'parallel')) {
      const of = (id: string) => blueprint.sections.find((section) => section.id === id) as BlueprintSection;
      const texts = stage.sections.map((id) => whole(render(blueprint, of(id))));
      const prefix = commonPrefix(texts);
      expect(prefix.endsWith('\n### Your section: ') || prefix.includes('\n### Your section: ')).toBe(true);
      for (const text of texts) expect(text.slice(prefix.length)).not.toContain('<data ');
    }
  });

  test('each section of a sequential stage starts with the bytes of the one before, up to its instruction', () => {
    const blueprint = catalogue.blueprints.get('prd.detailed') as Blueprint;
    const texts = blueprint.stages[0]?.sections.map((id) =>
      whole(render(blueprint, blueprint.sections.find((section) => section.id === id) as BlueprintSection)),
    );
    const inputsOf = (text: string) => text.slice(0, text.indexOf('\n### Your section: '));
    const [, goals = '', users = '', solution = ''] = texts ?? [];
    expect(users.startsWith(inputsOf(goals).trimEnd())).toBe(true);
    expect(solution.startsWith(inputsOf(users).trimEnd())).toBe(true);
  });
});

describe('token targets of the detailed PRD', () => {
  const blueprint = catalogue.blueprints.get('prd.detailed') as Blueprint;
  const stageOf = (number: number) =>
    (blueprint.stages[number - 1]?.sections ?? []).map(
      (id) => blueprint.sections.find((section) => section.id === id) as BlueprintSection,
    );
  const tokensIn = (section: BlueprintSection) => estimateTokens(whole(render(blueprint, section)));
  /** 1.35 tokens a word: English Markdown. */
  const tokensOut = (section: BlueprintSection) => section.words.target * 1.35;
  const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;

  test.each([
    [1, 1500, 800],
    [2, 2500, 600],
    [3, 4000, 400],
  ])('stage %i stays near %i in and below %i out', (number, tokens, out) => {
    const stage = stageOf(number);
    expect(mean(stage.map(tokensIn))).toBeLessThan(tokens * 1.2);
    expect(Math.max(...stage.map(tokensOut))).toBeLessThanOrEqual(out);
  });
});

test('the lock file holds every version with its bytes', () => {
  const lock = JSON.parse(readFileSync(join(BUILT_IN_DIR, 'prompts.lock.json'), 'utf8')) as Lock;
  const { changed, missing } = compareLock(lock, lockOf(catalogue));
  // A changed text needs a higher `version` in its front matter; then `npm run lock -w @planwright/prompts` adds it.
  expect({ changed, missing }).toEqual({ changed: [], missing: [] });
});
