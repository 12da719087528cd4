import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { blueprint, parseTaskDrafts } from '@planwright/contracts';
import type { Blueprint, BlueprintSection, GenerateRequest, PromptPart } from '@planwright/contracts';
import { parse } from 'yaml';
import { PLACEHOLDER_NOTE } from './fit.js';
import { writeOffline } from './offline-provider.js';
import { countWords } from './phrases.js';

const folder = new URL('../../../prompts/blueprints/', import.meta.url);
const blueprints: Blueprint[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => blueprint.parse(parse(readFileSync(new URL(file, folder), 'utf8'))));
const sections = blueprints.flatMap((b) => b.sections.map((section) => ({ document: b.document, section })));
const markdown = sections.filter(({ section }) => section.output === 'markdown');
const taskLists = sections.filter(({ section }) => section.output === 'tasks');

const IDEA =
  'A mobile app that helps neighbours share tools, with booking, deposits and reminders. Owners should see who has what.';

const PRD = [
  '## Functional Requirements',
  ...Array.from({ length: 11 }, (_, i) => `- **Thing ${i + 1}** (must): …`),
  '## Non-Functional Requirements',
  '- **Response time** (must): 800 ms',
].join('\n');

function request(section: BlueprintSection, data: Record<string, string>, document = 'prd'): GenerateRequest {
  const user: PromptPart[] = Object.entries(data).flatMap(([name, text]) => [
    { text: `\n${name}:\n` },
    { text, data: name },
  ]);
  return {
    prompt: { system: [{ text: 'Write.' }], user },
    model: 'offline',
    output: section.output,
    words: section.words,
    maxOutputTokens: section.max_output_tokens,
    title: section.title,
    document,
    sectionId: section.id,
    prefix: null,
    repair: null,
  };
}

/** What every section must be, whatever the idea was. */
function problemsOf(
  text: string,
  { words, max_output_tokens }: Pick<BlueprintSection, 'words' | 'max_output_tokens'>,
): string[] {
  const count = countWords(text);
  const [firstLine] = text.split('\n');
  return [
    firstLine === PLACEHOLDER_NOTE ? '' : `first line is ${firstLine}`,
    count >= words.min && count <= words.max ? '' : `${count} words, asked for ${words.min} to ${words.max}`,
    text.length / 4 <= max_output_tokens ? '' : `${text.length} characters for ${max_output_tokens} tokens`,
    text.isWellFormed() ? '' : 'lone surrogates',
    text.includes('\u0000') ? 'NUL' : '',
    /^##? /m.test(text) ? 'a heading above ###' : '',
    /undefined|NaN|\[object/.test(text) ? 'a hole' : '',
  ].filter((problem) => problem !== '');
}

/** Ideas as people, other people and attackers type them. */
const idea = fc.oneof(
  fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }),
  fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '# ',
        '- ',
        '```\n',
        '| a | b |\n',
        '> ',
        '👩‍👩‍👧‍👦',
        '予約する',
        ' that ',
        'teachers',
        'för ',
        '\uD83D',
        '\u0000',
        '\n',
        '. ',
        '$& {{x}} ',
      ),
      { maxLength: 60 },
    )
    .map((pieces) => pieces.join('')),
);

describe('the offline writer', () => {
  it('knows the built-in blueprints', () => {
    expect(markdown.length).toBeGreaterThan(25);
    expect(taskLists.length).toBeGreaterThan(0);
  });

  it.each(markdown)('writes $document $section.id about the idea, within its length', ({ document, section }) => {
    const text = writeOffline(request(section, { idea: IDEA, constraints: 'Budget of 500 EUR a month.' }, document));
    expect(problemsOf(text, section)).toEqual([]);
    expect(text.toLowerCase()).toMatch(/tool|neighbour|booking/);
  });

  it('holds this for any idea', () => {
    fc.assert(
      fc.property(
        idea,
        fc.string({ maxLength: 200 }),
        fc.constantFrom(...markdown),
        (text, constraints, { section, document }) => {
          const written = writeOffline(request(section, { idea: text, constraints }, document));
          expect(problemsOf(written, section)).toEqual([]);
          expect(writeOffline(request(section, { idea: text, constraints }, document))).toBe(written);
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    ['one run of letters', 'a'.repeat(32_000)],
    ['one long line', 'share tools with neighbours, '.repeat(1_100)],
    ['emoji', '👩‍👩‍👧‍👦'.repeat(2_900)],
    ['list marks', '- '.repeat(16_000)],
    ['open brackets', '['.repeat(32_000)],
    ['code fences', '```\n'.repeat(8_000)],
    ['stacked accents', `a${'\u0301'.repeat(31_999)}`],
    ['sentences', 'Nurses plan shifts. '.repeat(1_600)],
    ['blanks', ` ${' '.repeat(31_998)}x`],
  ])('copes with 32,000 characters of %s in well under a second', (_, text) => {
    // Processor time: the machine may be busy with something else.
    const before = process.cpuUsage();
    for (const { section } of markdown.slice(0, 8))
      expect(problemsOf(writeOffline(request(section, { idea: text })), section)).toEqual([]);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(4_000);
  });

  it('writes what nobody foresaw: a section of a team’s own blueprint', () => {
    const section = {
      ...markdown[0]!.section,
      id: 'carbon_footprint',
      title: 'Carbon Footprint',
      words: { min: 300, target: 600, max: 900 },
      max_output_tokens: 4_000,
    };
    const text = writeOffline(request(section, { idea: IDEA }, 'sustainability'));
    expect(problemsOf(text, section)).toEqual([]);
    expect(text).toContain('“Carbon Footprint”');
    expect(text).toContain('Share tools');
  });

  it('gives requirements a title, a level and a check, and leaves their ids to the platform', () => {
    const { section } = markdown.find(({ section: { id } }) => id === 'functional_requirements')!;
    const text = writeOffline(request(section, { idea: IDEA }));
    const named = text.match(/^- \*\*[^*]+\*\* \((?:must|should)\): /gm) ?? [];
    expect(named.length).toBeGreaterThan(5);
    expect(text.match(/- Done when: /g)).toHaveLength(named.length);
  });

  it.each(markdown)(
    '$document $section.id: no ids, whole sentences after bold leads, nothing said twice',
    ({ document, section }) => {
      const text = writeOffline(request(section, { idea: IDEA, prd: PRD }, document));
      expect(text).not.toMatch(/\bN?FR-\d/);
      expect(text).not.toMatch(/^(?:- |\d+\. )\*\*[^*]+\*\*[:.] [a-z]/m);
      const said = text.split('\n').filter((line) => line.length > 40);
      expect(said.filter((line, i) => said.indexOf(line) !== i)).toEqual([]);
    },
  );

  it('takes up the project’s name and a person’s wishes', () => {
    const { section } = markdown.find(({ section: { id } }) => id === 'proposed_solution')!;
    const text = writeOffline(
      request(section, { project_name: 'Toolshed', idea: IDEA, instructions: 'Mention insurance.' }),
    );
    expect(text).toContain('**Toolshed**');
    expect(text).toContain('“Mention insurance”');
  });
});

describe('its task lists', () => {
  it.each(taskLists)(
    '$document $section.id: cards about the idea that cover every requirement',
    ({ document, section }) => {
      const parsed = parseTaskDrafts(writeOffline(request(section, { idea: IDEA, prd: PRD }, document)));
      if (!parsed.ok) throw new Error(parsed.detail);
      const { tasks } = parsed;
      expect(tasks.length).toBeGreaterThanOrEqual(8);
      expect(tasks.length).toBeLessThanOrEqual(15);
      expect(tasks.flatMap((task) => task.requirements)).toEqual([]);
      for (let i = 1; i <= 11; i++) expect(JSON.stringify(tasks)).toMatch(new RegExp(`Thing ${i}\\b`));
      expect(JSON.stringify(tasks)).toContain('“Response time”');
      expect(tasks.filter((task) => task.dependencies.length === 0).length).toBeGreaterThanOrEqual(2);
      for (const task of tasks) expect(task.description).toMatch(/Placeholder by the offline writer/);
      expect(JSON.stringify(tasks)).toMatch(/neighbours/);
    },
  );

  it('link every requirement that the prompt lists with its id', () => {
    const { section } = taskLists.find(({ document }) => document === 'task_set')!;
    const things = Array.from({ length: 11 }, (_, i) => `FR-${i + 1} **Thing ${i + 1}** (must): …`);
    const requirements = [...things, 'NFR-1 **Response time** (must): 800 ms'].join('\n');
    const written = writeOffline(request(section, { idea: IDEA, prd: PRD, requirements }, 'task_set'));
    const parsed = parseTaskDrafts(written);
    const linked = parsed.ok ? parsed.tasks.flatMap((task) => task.requirements) : [];
    expect(new Set(linked)).toEqual(new Set([...things.map((_, i) => `FR-${i + 1}`), 'NFR-1']));
  });

  it('have 3 to 8 cards for a feature of a product that is there, and cover what its spec asks for', () => {
    const { section } = taskLists.find(({ document }) => document === 'feature_tasks')!;
    const listOf = (data: Record<string, string>) => {
      const parsed = parseTaskDrafts(writeOffline(request(section, { idea: IDEA, ...data }, 'feature_tasks')));
      if (!parsed.ok) throw new Error(parsed.detail);
      return parsed.tasks;
    };
    expect(listOf({ feature_description: 'Waiting lists' })).toHaveLength(3);
    const many = listOf({ feature_description: 'Waiting lists for busy tools', feature_spec: PRD });
    expect(many).toHaveLength(8);
    for (let i = 1; i <= 11; i++) expect(JSON.stringify(many)).toMatch(new RegExp(`Thing ${i}\\b`));
    expect(JSON.stringify(many)).toContain('“Response time”');
  });

  it('have imperative titles', () => {
    const { section } = taskLists.find(({ document }) => document === 'task_set')!;
    const prd = writeOffline(
      request(markdown.find(({ section: { id } }) => id === 'functional_requirements')!.section, { idea: IDEA }),
    );
    const parsed = parseTaskDrafts(writeOffline(request(section, { idea: IDEA, prd }, 'task_set')));
    const titles = parsed.ok ? parsed.tasks.map(({ title }) => title) : [];
    expect(titles).toContain('Let neighbours share tools');
    for (const title of titles)
      expect(title).toMatch(/^(?:Set up|Store|Find out|Let|Show|Explain|Refuse|Settle|Undo|Check|Record|Release) /);
  });

  it('parse for any idea, constraints and PRD', () => {
    fc.assert(
      fc.property(
        idea,
        fc.string({ maxLength: 200 }),
        fc.oneof(fc.constant(PRD), idea),
        fc.constantFrom(...taskLists),
        (text, constraints, plan, { section, document }) => {
          const written = writeOffline(request(section, { idea: text, constraints, prd: plan }, document));
          const parsed = parseTaskDrafts(written);
          expect(parsed).toMatchObject({ ok: true });
          expect(parsed.ok && parsed.tasks.length).toBeGreaterThanOrEqual(8);
          expect(
            written.isWellFormed() && !written.includes('\\u0000') && written.length / 4 <= section.max_output_tokens,
          ).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
