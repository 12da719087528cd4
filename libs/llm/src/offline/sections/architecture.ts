import type { Part } from '../fit.js';
import { an, listed, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { codeName, deed, doer, first, manyOf, one, sentence } from './wording.js';

export const architecture: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `${upperFirst(brief.product)} is a modular monolith: one process, one database, one background worker. What ${first(brief)} do first, to ${deed(brief, 0)}, has to be consistent at once, and the load does not ask for more.`,
      'It outgrows this shape at about 500 changes a second; the seams between the parts below are where it would be cut.',
    ],
  },
  {
    heading: 'Building blocks',
    style: 'table',
    columns: ['Block', 'Job', 'Owns'],
    items: [
      `Web client | shows state, takes input of ${first(brief)} | nothing durable`,
      `Interface | checks input and rights, answers | sessions`,
      `Core | decides what happens to ${an(one(brief, 0))} | ${listed(manyOf(brief, 3))}`,
      `Worker | sends messages, nightly counts | its queue`,
      `Database | keeps everything durable | all tables`,
    ],
    least: 4,
  },
  {
    heading: 'The main journey',
    style: 'numbers',
    items: [
      `In the client, one of the ${doer(brief, 0)} starts to ${deed(brief, 0)}.`,
      'The interface checks the right and the input, and hands a command to the core.',
      `The core writes the ${one(brief, 0)}, its history and an outbox row in one transaction; from here on it is durable.`,
      'The answer carries the new state; other open clients get it over an event stream.',
      'The worker sends what the outbox holds, at least once.',
    ],
    least: 4,
  },
  {
    heading: 'Rules',
    style: 'bullets',
    items: [
      `Only the core changes ${an(one(brief, 0))}: no state without history.`,
      'Nothing is sent before it is committed: no message about something that never happened.',
      'The client computes no state of its own: two screens never disagree.',
      ...brief.constraints.slice(0, 3).map((constraint) => `**Given**: ${sentence(constraint)}`),
    ],
    least: 2,
  },
];

export const components: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      'Each component names what it offers, what it needs, and what it must not do. Dependencies point one way: interface → core → storage.',
    ],
  },
  ...brief.capabilities.slice(0, 6).map(({ title: lead }, i): Part => {
    const part = PARTS[i % PARTS.length] ?? PARTS[0];
    return {
      heading: lead,
      style: 'bullets',
      items: [
        `**Offers**: ${part.offers}.`,
        `**Needs**: The \`${codeName(brief, i)}\` store, ${part.needs}.`,
        `**Must not**: ${part.never}.`,
        `**Fails with**: ${part.fails}.`,
      ],
      least: i < 3 ? 3 : 1,
    };
  }),
];

/** What components differ in; the first one is the main journey. */
const PARTS = [
  {
    offers: 'One use-case with one entry; it answers the new state or a named refusal',
    needs: 'the clock and the rights of the caller',
    never: 'Send messages itself; it leaves a row in the outbox',
    fails: '`not_allowed` or `conflict`; the caller shows the sentence that belongs to it',
  },
  {
    offers: 'A command that may be repeated: the same key answers the first result again',
    needs: 'the result of the main journey and the list of people concerned',
    never: 'Read sessions; who calls is an argument',
    fails: '`not_found` where the journey has not begun, `duplicate` where it has ended',
  },
  {
    offers: 'A use-case and an event that tells others about the change',
    needs: 'the table of allowed transitions',
    never: 'Know the shape of the screen',
    fails: '`bad_state` with the states from which it would be allowed',
  },
  {
    offers: 'A query by owner and state, 50 rows a page, with a cursor',
    needs: 'one index and nothing of the other components',
    never: 'Change anything, not even a counter',
    fails: '`bad_cursor` when a page is asked for that no longer exists',
  },
  {
    offers: 'A background job that reports its progress and can be stopped',
    needs: 'the outbox and a lease, so that only one worker runs it',
    never: 'Swallow a failed write',
    fails: '`too_late` after its deadline; what was done so far stays',
  },
  {
    offers: 'A subscription: readers name the last change they know and get the later ones',
    needs: 'the numbered history',
    never: 'Show what its reader has no right to see',
    fails: '`gone` when the history reaches back less far than asked',
  },
] as const;
