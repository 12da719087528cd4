import type { PlanExport } from '@planwright/contracts';
import type { Arbitrary } from 'fast-check';
import { array, constantFrom, oneof, record, string } from 'fast-check';
import { document, plan, section, task } from './plan.js';

/** What exporters trip over. */
const NASTY = [
  ...[
    '"',
    "'",
    ',',
    ';',
    '\n',
    '\r\n',
    '\t',
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\rx',
    '$&',
    '$1',
    '%s',
    '{{idea}}',
    '\\',
  ],
  ...['```', '~~~~', '```js\nlet a', '<!--', '-->', '<script>', '<pre>', '<?', '<![CDATA[', '</w:t>', ']]>', '&amp;'],
  ...[
    '# A',
    '---',
    '===',
    '> q',
    '- x',
    '1. y',
    '| a | b |',
    '|---|---|',
    '[x]: y',
    '[a](javascript:alert)',
    '![p](//x)',
  ],
  ...[
    'مرحبا',
    'שלום',
    'Ελληνικά',
    'Кириллица',
    '中文',
    'かな',
    '한국어',
    '👩‍👩‍👧',
    '🎾',
    'e\u0301',
    '\u202e',
    '\u200b',
    '\ufeff',
  ],
  ...['\u0001', '\ufffe', '\u2028', '\u00a0', '    indented', '\\`', '***', '__proto__', '[^1]', '[^1]: note', '$$'],
];

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Text as the database may hold it: anything but NUL and halves of surrogate pairs. */
const anyText: Arbitrary<string> = array(
  oneof(
    { weight: 3, arbitrary: constantFrom(...NASTY) },
    { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 8 }) },
  ),
  { maxLength: 10 },
)
  .map((parts) => parts.join(''))
  .filter(isStorable);

/** The same where it must say something. */
const anyTitle = anyText.map((text) => `x${text}`.slice(0, 150)).filter(isStorable);

export const anyPlan: Arbitrary<PlanExport> = record({
  name: anyTitle,
  title: anyTitle,
  texts: array(anyText, { minLength: 1, maxLength: 4 }),
  card: anyTitle,
  description: anyText,
  labels: array(anyText, { maxLength: 3 }),
  criteria: array(anyText, { maxLength: 3 }),
}).map(({ name, title, texts, card, description, labels, criteria }) => {
  const sections = texts.map((text, i) => section(`section_${i}`, text, { title }));
  const first = task(1, { title: card, description, labels, acceptance_criteria: criteria });
  const base = plan({ documents: [document(10, 'prd', sections)], tasks: [first, task(2, { dependencies: ['T-1'] })] });
  return { ...base, project: { ...base.project, name } };
});
