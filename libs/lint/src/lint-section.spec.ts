import { findBlueprint, loadCatalogue } from '@planwright/prompts';
import { CLOSING, DEFECTS, IDEA, OTHER_TITLES, SYSTEM } from '../test/defects.js';
import { CLEAN, clean } from '../test/texts.js';
import type { Finding } from './finding.js';
import { RULES } from './finding.js';
import { detectLanguage, LANGUAGES } from './language.js';
import { lintSection } from './lint-section.js';
import { countWords } from './words.js';

const prompt = {
  system: [{ text: SYSTEM }],
  user: [{ text: 'The idea:\n' }, { text: IDEA, data: 'idea' }, { text: `\n\n${CLOSING}` }],
};

/** As the section of a clean text is asked for: about as long as that text, in its language. */
function findingsOf(text: string, base: string, format: 'markdown' | 'tasks' = 'markdown'): Finding[] {
  const { title, language, text: good } = clean(base);
  const target = countWords(good);
  const words = { min: Math.floor(target * 0.6), target, max: Math.ceil(target * 1.5) };
  const otherTitles = OTHER_TITLES.filter((other) => other !== title);
  return lintSection({ text, format, sectionTitle: title, otherTitles, words, language, prompt }).findings;
}

const titles = [...loadCatalogue().blueprints.values()].flatMap(({ sections }) =>
  sections.filter(({ output }) => output === 'markdown').map(({ title }) => title),
);

describe('the lint against its test set', () => {
  it('has enough to be measured by', () => {
    expect(DEFECTS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(DEFECTS.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(12);
    expect(new Set(DEFECTS.map(({ rule }) => rule))).toEqual(new Set(RULES));
    expect(CLEAN.length).toBeGreaterThanOrEqual(20);
    expect(new Set(CLEAN.map(({ language }) => language)).size).toBeGreaterThanOrEqual(8);
  });

  it('finds at least 95 of 100 defects, of each kind at least one', () => {
    const missed = DEFECTS.filter(
      ({ text, base, format, rule }) => !findingsOf(text, base, format).some((finding) => finding.rule === rule),
    );
    const recall = 1 - missed.length / DEFECTS.length;
    process.stdout.write(
      `lint: ${DEFECTS.length - missed.length} of ${DEFECTS.length} seeded defects found (${(100 * recall).toFixed(1)} %), ` +
        `${new Set(DEFECTS.map(({ kind }) => kind)).size} kinds; missed: ${missed.map(({ kind, base }) => `${kind} in ${base}`).join(', ') || 'none'}\n`,
    );
    expect(recall).toBeGreaterThanOrEqual(0.95);
    const found = new Set(DEFECTS.filter((defect) => !missed.includes(defect)).map(({ kind }) => kind));
    expect(DEFECTS.map(({ kind }) => kind).filter((kind) => !found.has(kind))).toEqual([]);
  });

  it('raises at most one false alarm for a clean text, and fails none of them', () => {
    const alarms = CLEAN.map(({ name, text }) => ({ name, found: findingsOf(text, name) }));
    const total = alarms.reduce((sum, { found }) => sum + found.length, 0);
    process.stdout.write(`lint: ${total} false alarms in ${CLEAN.length} clean texts\n`);
    expect(alarms.filter(({ found }) => found.length > 1)).toEqual([]);
    expect(
      alarms.flatMap(({ name, found }) =>
        found.filter(({ severity }) => severity === 'error').map((finding) => ({ name, finding })),
      ),
    ).toEqual([]);
  });

  const told = CLEAN.filter(({ language }) => LANGUAGES.includes(language));
  it.each(told.map(({ name, language, text }) => [name, language, text] as const))(
    'knows the language of %s',
    (_, language, text) => expect(detectLanguage(text)).toBe(language),
  );

  it.each([...new Set(titles)])(
    'takes the title "%s" above a text of its own as a repetition, and nothing else',
    (title) => {
      const { text } = clean('goals.en');
      const words = { min: 80, target: 100, max: 120 };
      const lint = (section: string) =>
        lintSection({ text: section, format: 'markdown', sectionTitle: title, words, language: 'en' });
      expect(lint(text).findings).toEqual([]);
      expect(lint(`### ${title}\n\n${text}`).findings).toMatchObject([
        { rule: 'headings', severity: 'warning', at: 0 },
      ]);
    },
  );
});

describe('what is judged by the material', () => {
  const judge = (text: string, idea: string) => {
    const known = { system: [], user: [{ text: idea, data: 'idea' }] };
    const words = { min: 1, target: 40, max: 80 };
    return lintSection({ text, format: 'markdown', sectionTitle: 'Goals', words, prompt: known }).findings;
  };
  it('what its author says is no placeholder', () => {
    const text = 'Every mail begins with {{name}} and ends with TBD.';
    expect(judge(text, 'A tool for mails that say {{name}} or TBD')).toEqual([]);
    expect(judge(text, 'A tool for mails')).toMatchObject([{ rule: 'placeholder' }]);
  });
  it('the language is that of the idea where nobody says another', () => {
    const german = 'Eine Liste der freien Tennisplätze für die Spieler in der Stadt, und nicht nur für die Mitglieder.';
    expect(judge(clean('goals.en').text, german)).toContainEqual(expect.objectContaining({ rule: 'wrong_language' }));
    expect(judge(clean('goals.en').text, 'Tennis!').map(({ rule }) => rule)).not.toContain('wrong_language');
  });
});

it('gives the same findings for the same text, and takes a built-in catalogue', () => {
  const [one, other] = [findingsOf(DEFECTS[5]?.text ?? '', 'goals.en'), findingsOf(DEFECTS[5]?.text ?? '', 'goals.en')];
  expect(one).toEqual(other);
  expect(findBlueprint(loadCatalogue(), 'prd', 'detailed')).toBeDefined();
});
