import { an, listed, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { deed, doer, many, one } from './wording.js';

/** Title, level, rule, and what shows that it is done. */
type Row = readonly [name: string, level: 'must' | 'should', rule: string, done: string];

export const functionalRequirements: SectionWriter = (brief) => {
  const wanted = brief.capabilities.map(({ title }, i): Row => {
    const [rule, done] = behaviour(doer(brief, i), deed(brief, i), i);
    return [title, i < 4 ? 'must' : 'should', rule, done];
  });
  const around: Row[] = [
    [
      `Show a first step while there are no ${many(brief, 0)}`,
      'must',
      `While there is no ${one(brief, 0)} yet, the product shows what belongs here and the one button that adds it.`,
      'A new account finds its first action without help.',
    ],
    [
      'Explain wrong input at the field',
      'must',
      'When an input does not fit, the product names the field, the limit and a value that would fit, and changes nothing.',
      'The entered text is still there after the message.',
    ],
    [
      `Refuse access to ${many(brief, 0)} of others`,
      'must',
      `When somebody without the right opens ${an(one(brief, 0))}, the product refuses and says whom to ask.`,
      'Neither the page nor the interface shows its content.',
    ],
    [
      'Settle two changes at once',
      'should',
      `When two people change the same ${one(brief, 0)}, the second one sees both versions and decides.`,
      'No change disappears silently.',
    ],
    [
      'Undo a deletion',
      'should',
      'When somebody deletes something, the product offers to undo it for 30 days.',
      'What was restored looks as before, history included.',
    ],
  ];
  const written = ([name, level, rule, done]: Row) => `**${name}** (${level}): ${rule}\n  - Done when: ${done}`;
  const core = wanted.slice(0, 6).map(written);
  return [
    {
      style: 'paragraphs',
      items: [`What ${brief.product} must do for ${listed(brief.users)}; each point can be checked.`],
    },
    { heading: 'The main journey', style: 'bullets', items: core, least: Math.min(4, core.length) },
    { heading: 'Around it', style: 'bullets', items: [...around, ...wanted.slice(6)].map(written), least: 3 },
  ];
};

/** Deeds that leave nothing behind; other promises are made for them. */
const LOOKING =
  /^(?:see|view|find|search|browse|read|get|be|compare|understand|explore|learn|look|discover|export|print) /;

function behaviour(user: string, deed: string, i: number): readonly [rule: string, done: string] {
  const looking: (readonly [string, string])[] = [
    [
      `When ${user} want to ${deed}, the product gets them there from its first page with at most two choices.`,
      '4 of 5 test persons get there within 30 seconds without help.',
    ],
    [
      `${upperFirst(user)} can ${deed}; what they get is at most 5 seconds old and says so.`,
      'A change made in a second window shows within 5 seconds.',
    ],
    [
      `${upperFirst(user)} can ${deed} with 1,000 entries as easily as with one.`,
      'Both answer within a second and need the same number of clicks.',
    ],
    [
      `When ${user} want to ${deed} and there is nothing to show, the product says why and offers the next step.`,
      'No list is ever empty without a sentence beside it.',
    ],
  ];
  const changing: (readonly [string, string])[] = [
    [
      `When ${user} want to ${deed}, the product asks for at most 5 inputs and then shows the stored result.`,
      'The result is still there after a reload and after signing in on another device.',
    ],
    [
      `${upperFirst(user)} can ${deed}; everybody concerned sees the result without reloading.`,
      'A second person sees the change within 5 seconds.',
    ],
    [
      `When ${user} ask twice by accident to ${deed}, the product keeps one result and says so.`,
      'Two quick clicks leave one entry, not two.',
    ],
    [
      `${upperFirst(user)} can ${deed}, and the history tells afterwards who did it and when.`,
      'Each entry of the history names a person, a time and the change.',
    ],
    [
      `When ${user} begin to ${deed} and are interrupted, what they entered is kept for 24 hours.`,
      'Leaving half-way and returning the next morning loses no input.',
    ],
  ];
  const rules = LOOKING.test(deed) ? looking : changing;
  return rules[i % rules.length] ?? ['', ''];
}
