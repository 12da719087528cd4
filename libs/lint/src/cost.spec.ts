import { AnswerFilter, detectLanguage, lintSection, readRequirements } from './index.js';

/** So long that what costs the square of it does not end in the time a test has. */
const LENGTH = 40_000;
const long = (unit: string) => unit.repeat(Math.ceil(LENGTH / unit.length));
const BEHIND = '\nI cannot help with that.';

/** Texts that a rule may look at again from each of their places. */
const HARD: [what: string, text: string][] = [
  ['line breaks', `a${long('\n')}b`],
  ['returns', `a${long('\r')}b`],
  ['blanks', `a${long(' ')}b`],
  ['blanks behind a heading', `# a${long(' ')}b`],
  ['backticks', `a${long('`')}b`],
  ['backticks, and a line separator', `${long('`')}\u2028x`],
  ['runs of backticks, each longer', Array.from({ length: 600 }, (_, i) => '`'.repeat(i + 1)).join('a')],
  ['signs of a heading', `# a ${long('#')}b`],
  ['signs of a list', `${long('-\n')}x`],
  ['items', long('- a\n')],
  ['headings', long('#\n')],
  ['numbers', `a\n${long('1.')}x.`],
  ['letters before a digit', `${long('я')}1`],
  ['addresses', `${long('http://')} x`],
  ['the beginning of a placeholder, and blanks', `{{${long(' ')}x`],
  ['the beginning of a tag, and line breaks', `{%${long('\n')}x`],
  ['words to insert', long('[insert ')],
  ['quotations that are opened', `${long('„')}"${BEHIND}`],
  ['a mark for later, and blanks', `TODO${long(' ')}x`],
  ['marks', `[ABCD]${long(' ')}x`],
  ['rows', long('|\n')],
];

describe.each(HARD)('%s', (_, text) => {
  const rules = { sectionTitle: 'Goals', words: { min: 1, target: 10, max: 20 }, language: 'en' };
  it('are judged', () => {
    expect(lintSection({ ...rules, text, format: 'markdown' }).findings).toBeDefined();
    const card = { title: text, description: text, acceptance_criteria: [text] };
    expect(lintSection({ ...rules, text: JSON.stringify({ tasks: [card] }), format: 'tasks' }).findings).toBeDefined();
    expect(readRequirements(text).length).toBeLessThanOrEqual(200);
    expect(detectLanguage(text)).toEqual(expect.any(String));
  });

  it('are filtered, with a fence around them and without', () => {
    const passed = (answer: string, size: number) => {
      const filter = new AnswerFilter({ title: 'Goals', output: 'markdown' });
      let out = '';
      for (let at = 0; at < answer.length; at += size) out += filter.push(answer.slice(at, at + size));
      return out + filter.end();
    };
    expect(passed(text, text.length)).toBe(text);
    const fenced = `\`\`\`markdown\nText.\n${text}`;
    expect(passed(fenced, 3)).toBe(passed(fenced, fenced.length));
  });
});
