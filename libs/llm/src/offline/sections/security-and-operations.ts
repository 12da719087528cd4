import { listed, upperFirst } from '../phrases.js';
import type { SectionWriter } from './wording.js';
import { deed, first, many, manyOf, one, second, sentence } from './wording.js';

export const security: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `Worth protecting: what ${listed(brief.users.slice(0, 2))} enter about ${listed(manyOf(brief, 3))}, and who they are.`,
    ],
  },
  {
    heading: 'Who may what',
    style: 'table',
    columns: ['Role', 'Reads', 'Changes'],
    items: [
      `Visitor | the start page | nothing`,
      `${upperFirst(first(brief))} | own ${many(brief, 0)}, shared ones | own ${many(brief, 0)}`,
      `${upperFirst(second(brief))} | what is shared with them | their answer`,
      `Operator | counts, logs without content | settings`,
    ],
    least: 3,
  },
  {
    heading: 'Threats and answers',
    style: 'bullets',
    items: [
      '**Foreign ids in addresses**: Every read and write asks for the owner in the same query; a test tries all routes with a foreign account.',
      '**Stolen sessions**: Cookies `HttpOnly`, `Secure`, `SameSite=Lax`, 14 days; a list of sessions to end.',
      '**Text that is code**: Output is escaped, a content policy forbids inline scripts.',
      `**Guessing and flooding**: After 5 failed logins or 60 changes a minute follows a pause that says how long.`,
      '**Secrets**: Read from the environment only, never in a log or an error; rotated without a stop.',
    ],
    least: 3,
  },
  {
    heading: 'Personal data',
    style: 'bullets',
    items: [
      'Stored: name, mail address, what was entered. Not stored: location, contacts, address books.',
      'Export and deletion by the person, without asking anybody.',
      ...brief.constraints.slice(0, 3).map((constraint) => `**Given**: ${sentence(constraint)}`),
    ],
    least: 2,
  },
];

export const operations: SectionWriter = (brief) => [
  {
    style: 'paragraphs',
    items: [
      `${upperFirst(brief.product)} may be slow for a moment, but it does not lose what ${first(brief)} have entered.`,
    ],
  },
  {
    heading: 'When something fails',
    style: 'table',
    columns: ['Fails', 'People see', 'The system does'],
    items: [
      'Database | read-only notice, input kept in the browser | retries with pauses, alerts after 1 minute',
      'Mail service | nothing; the state says "will be sent" | repeats up to 24 hours',
      `Worker | changes as before, messages late | a second one takes over within 30 seconds`,
      `One ${one(brief, 0)} cannot be processed | its state and the reason | parks it, goes on with the others`,
      'A release | nothing | old and new run side by side; back within 5 minutes',
    ],
    least: 3,
  },
  {
    heading: 'Seen by',
    style: 'bullets',
    items: [
      `Requests, errors and times of the main journey (${deed(brief, 0)}): alert when fewer than 95 of 100 stay under 800 ms for 10 minutes.`,
      'Age of the oldest outbox row: alert above 5 minutes.',
      'Free space and last good backup: alert below 20 % or after 26 hours.',
      'One log line per request with an id that the person sees in an error.',
    ],
    least: 2,
  },
  {
    heading: 'Backups',
    style: 'bullets',
    items: [
      'Every night and the log continuously: at most 15 minutes lost, back within 4 hours.',
      'Restored to an empty machine every quarter; the minutes are written down.',
    ],
  },
];
