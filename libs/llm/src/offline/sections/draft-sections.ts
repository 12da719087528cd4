import { an, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { deed, doer, first, many, one, second, shortly, title } from './wording.js';

export const openQuestions: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [`The answers change what is built; the first three block the start of ${brief.product}.`],
  },
  {
    style: 'numbers',
    items: [
      `**Success**: Who says that it worked to ${deed(brief, 0)}: ${doer(brief, 0)} or ${second(brief)}? Decides the end state of ${an(one(brief, 0))}.`,
      `**Rights**: Who may see ${an(one(brief, 0))}, and who may change it? Decides permissions and the data model.`,
      `**Failure**: What happens today when somebody fails to ${deed(brief, 1)}? Decides how much undo the first release needs.`,
      ...brief.constraints
        .slice(0, 2)
        .map((constraint) => `**${shortly(constraint)}**: How exactly is this proven? Decides the release checklist.`),
      `**Offline**: Must it be possible to ${deed(brief, 2)} without a network? Decides the kind of client.`,
      `**Import**: Which existing lists of ${many(brief, 0)} should be taken over? Decides the first migration.`,
      `**Money**: Who pays for running it after the first year? Decides the size of the second step.`,
    ],
    least: 4,
  },
  {
    heading: 'Asked of',
    style: 'bullets',
    items: [
      `${upperFirst(first(brief))}: the questions on success and failure, in five talks of 20 minutes.`,
      'The person whose idea this is: the rest, within a week.',
    ],
  },
];

export const identifiedGaps: SectionWriter = (brief) => [
  { style: 'paragraphs', items: ['What the idea does not say yet, and what was assumed meanwhile.'] },
  {
    style: 'table',
    columns: ['Gap', 'Assumed for now', 'Closed by'],
    items: [
      `How many ${first(brief)} there are | 200 in three months | a count`,
      `How ${doer(brief, 0)} manage to ${deed(brief, 0)} today | by hand, 10 minutes | watching three people`,
      `Rules for ${many(brief, 0)} in dispute | the owner decides | a talk with ${second(brief)}`,
      `Which personal data is needed | name and mail address | a list, checked by a lawyer`,
      `Budget and team | three people, 16 weeks | the sponsor`,
      ...(brief.constraints.length === 0 ? ['Constraints | none were given | the author of the idea'] : []),
      `Success in numbers | the targets of this plan | the first group`,
      `Languages | the one of the idea | a decision before M2`,
    ],
    least: 4,
  },
  {
    heading: 'Most urgent',
    style: 'paragraphs',
    items: [
      `The rules for ${many(brief, 0)}: three parts of the plan change with them.`,
      `Then the number of ${first(brief)}: it decides how simple the first design may be.`,
    ],
  },
];

export const nextSteps: SectionWriter = (brief) => [
  { style: 'paragraphs', items: [`What moves ${brief.product} forward in the next four weeks, in order.`] },
  {
    style: 'numbers',
    items: [
      `**Talk to five ${doer(brief, 0)}** about how they manage to ${deed(brief, 0)} today. Half a page each. Week 1.`,
      `**Decide who may see which ${one(brief, 0)}.** Owner: the author of the idea. Week 1.`,
      `**Sketch the main journey** on one page and walk three people through it. Week 2.`,
      `**Build the thin path**: One person can ${deed(brief, 0)}, from start to end, without ornament. Weeks 2 to 4.`,
      `**Ask ten ${first(brief)}** to be the first group. Week 3.`,
      `**Choose three numbers** to be measured from the first day. Week 3.`,
      `**Meet and decide**: Go on, change or stop. End of week 4.`,
    ],
    least: 4,
  },
  {
    heading: 'Not yet',
    style: 'bullets',
    items: [
      `${title(brief, 3)}: this waits for what the first group says.`,
      'A name, a logo and a price.',
      `Connections to what ${second(brief)} use today.`,
    ],
    least: 1,
  },
];
