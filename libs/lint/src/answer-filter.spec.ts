import fc from 'fast-check';
import { AnswerFilter } from './answer-filter.js';

type Section = ConstructorParameters<typeof AnswerFilter>[0];
const GOALS: Section = { title: 'Goals and Objectives', output: 'markdown' };

/** What passes of an answer that comes in these pieces. */
function passed(pieces: readonly string[], section = GOALS): string {
  const filter = new AnswerFilter(section);
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
}

const TEXT = 'Fill the courts.\n\n- **Clay** (must): first.\n';
const CODE = 'As follows:\n\n```sql\nSELECT 1;\n```';

/** An answer, and what is left of it. */
const ANSWERS: [what: string, answer: string, left: string][] = [
  ['a plain text', TEXT, TEXT],
  ['blanks around a text', '  \n Grüße \n', '  \n Grüße \n'],
  ['nothing', '', ''],
  ['blanks alone', ' \n', ' \n'],
  ['a preamble', `Sure! Here is the Goals and Objectives section:\n\n${TEXT}`, TEXT],
  ['a preamble in bold', `Here's the section you asked for:**\n${TEXT}`, TEXT],
  ['a word of agreement on a line of its own', `Certainly!\n\n${TEXT}`, TEXT],
  ['a German preamble', `Gerne! Hier ist der Abschnitt:\r\n\r\n${TEXT}`, TEXT],
  ['a Chinese preamble', `好的,以下是您要求的部分:\n\n目标是空闲的球场。`, '目标是空闲的球场。'],
  [
    'a text that begins like a preamble',
    `Here is what breaks today:\n\n${TEXT}`,
    `Here is what breaks today:\n\n${TEXT}`,
  ],
  ['a text about certainty', 'Sure signs of demand are queues.\nMore.', 'Sure signs of demand are queues.\nMore.'],
  ['a text about lakes', 'Great Lakes ferries sail all year.', 'Great Lakes ferries sail all year.'],
  ['a preamble without a line of its own', `Sure! ${TEXT}`, `Sure! ${TEXT}`],
  [
    'a first line too long for a preamble',
    `Sure! ${'x'.repeat(300)} section:\n${TEXT}`,
    `Sure! ${'x'.repeat(300)} section:\n${TEXT}`,
  ],
  ['a fence around all', '```markdown\n' + TEXT + '```', TEXT.trimEnd()],
  ['a fence around all, with blanks behind it', '```md\n' + TEXT + '\n```\n \n', TEXT.trimEnd()],
  ['a fence of tildes', '~~~markdown\n' + TEXT + '~~~\n', TEXT.trimEnd()],
  ['a longer fence around a shorter one', '````markdown\n' + CODE + '\n````', CODE],
  ['a fence around a text that ends with code', '```markdown\n' + CODE + '\n```', CODE],
  ['a fence that is not closed, behind code', '```markdown\n' + CODE, CODE],
  ['a fence that is not closed', '```markdown\nFill the', 'Fill the'],
  ['code that begins a text', '```sql\nSELECT 1;\n```\nIt is one.', '```sql\nSELECT 1;\n```\nIt is one.'],
  ['a drawing that is all of a text', '```\n[a] --> [b]\n```', '```\n[a] --> [b]\n```'],
  ['the title as a heading', `## Goals and Objectives\n\n${TEXT}`, TEXT],
  ['the title with a number, in bold', `**2. Goals & Objectives:**\n${TEXT}`, TEXT],
  ['another heading', `### Goals of the club\n\n${TEXT}`, `### Goals of the club\n\n${TEXT}`],
  ['a bold lead', `**Goals and Objectives** are few.\n${TEXT}`, `**Goals and Objectives** are few.\n${TEXT}`],
  [
    'all of it',
    'Sure! Here is the section:\n\n```markdown\n## Goals and Objectives\n\n' + TEXT + '```\n',
    TEXT.trimEnd(),
  ],
  [
    'more than blanks can be',
    `${' '.repeat(80)}Sure! Here is the section:\n${TEXT}`,
    `${' '.repeat(80)}Sure! Here is the section:\n${TEXT}`,
  ],
];

describe('AnswerFilter', () => {
  it.each(ANSWERS)('%s', (_, answer, left) => expect(passed([answer])).toBe(left));

  it.each(ANSWERS)('%s, character by character', (_, answer, left) => expect(passed(answer.split(''))).toBe(left));

  it('takes the fence from a list of tasks, and no title', () => {
    const tasks: Section = { title: 'Tasks', output: 'tasks' };
    expect(passed(['Here is the JSON:\n```json\n{"tasks": []}\n```\n'], tasks)).toBe('{"tasks": []}');
    expect(passed(['```\n{"tasks": []}\n```'], tasks)).toBe('{"tasks": []}');
    expect(passed(['{"tasks": []}\n'], tasks)).toBe('{"tasks": []}\n');
  });

  it('gives the same text however it is cut', () => {
    const pieces = fc.constantFrom(
      ...[
        'Sure',
        '! ',
        'Here is ',
        'the section:',
        '\n',
        '\n\n',
        ' ',
        '```',
        '``',
        '`',
        'markdown',
        'sql',
        '## ',
        '**',
      ],
      ...['Goals and Objectives', 'Fill ', 'the courts.', '~~~', '- ', '好的', '😀', 'a', 'Here'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), fc.array(fc.nat(120), { maxLength: 8 }), (words, cuts) => {
        const answer = words.join('');
        const places = [0, ...cuts.map((cut) => Math.min(cut, answer.length)).sort((a, b) => a - b), answer.length];
        const cut = places.slice(1).map((place, i) => answer.slice(places[i], place));
        const whole = passed([answer]);
        expect(passed(cut)).toBe(whole);
        expect(answer.includes(whole)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets a text through as soon as it is no preamble', () => {
    const filter = new AnswerFilter(GOALS);
    expect(filter.push('F')).toBe('F');
    expect(filter.push('ill')).toBe('ill');
    const other = new AnswerFilter(GOALS);
    expect(['H', 'e', 'r', 'e', ' ', 'w'].map((piece) => other.push(piece))).toEqual(['', '', '', '', '', 'Here w']);
  });

  it('holds back no more than a line', () => {
    const filter = new AnswerFilter(GOALS);
    expect(filter.push(`Sure! ${'x'.repeat(234)}`)).toBe('');
    expect(filter.push('x')).toHaveLength(241);
  });
});
