import type { Brief } from '../brief.js';
import type { Part } from '../fit.js';
import { listed, quoted, upperFirst } from '../phrases.js';
import { constraintPart, deed, first, title } from './wording.js';

/** For a team's own sections, whatever they are about. */
export function generalSection(brief: Brief, name: string): Part[] {
  const subject = name.trim() === '' ? 'this section' : quoted(name.trim());
  return [
    {
      style: 'paragraphs',
      items: [
        `What ${subject} means for **${brief.name}**: ${listed(brief.users.slice(0, 2))} want to ${deed(brief, 0)}, and this part of the plan has to serve that.`,
        `The idea in its author's words:\n\n> ${brief.pitch}`,
      ],
    },
    {
      heading: 'What matters here',
      style: 'bullets',
      items: brief.capabilities.map((_, i) => furtherPoint(brief, i)),
      least: 3,
    },
    {
      heading: 'In detail',
      style: 'table',
      columns: ['Point', 'Decided', 'Checked by'],
      items: brief.things.map(
        ({ one }, i) =>
          `${upperFirst(one)} | ${['one owner, one state', 'kept for two years', 'changed by its owner only', 'shown newest first'][i % 4]} | ${['a test', 'a count every night', 'the first group', 'a walk-through'][i % 4]}`,
      ),
      least: 2,
    },
    ...constraintPart(brief, 'Limits'),
    {
      heading: 'Open',
      style: 'bullets',
      items: [
        `Who owns ${subject} after the first release?`,
        `Which of the points above do the first ten ${first(brief)} confirm?`,
        `What would make the team drop ${subject} altogether?`,
      ],
      least: 2,
    },
  ];
}

const LENSES = [
  'It is the reason why people come; it has to work on the first try and in under three minutes.',
  'Everybody concerned sees the same state within five seconds, without asking.',
  'A mistake is noticed at the input and can be undone for 30 days.',
  'It is measured from the first day: started, finished, and how long it took.',
  'Only those with a right to it see it, and the history says who changed what.',
  'It still works with a thousand times as much data, or says that it does not.',
  'It waits for nobody: what takes longer goes on in the background and reports back.',
  'It can be switched off by itself without taking anything else along.',
] as const;

/** One thing the product does, looked at from one side; the sides change before anything repeats. */
export function furtherPoint(brief: Brief, round: number): string {
  const lens = LENSES[(round + Math.floor(round / brief.capabilities.length)) % LENSES.length] ?? LENSES[0];
  return `**${title(brief, round)}**: ${lens}`;
}
