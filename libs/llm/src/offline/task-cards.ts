import type { TaskDraft } from '@planwright/contracts';
import type { Brief } from './brief.js';
import { clip, listed, quoted } from './phrases.js';

/** A card before it has its ref; `after` names the keys of the cards it waits for. */
export type Card = Omit<TaskDraft, 'ref' | 'dependencies' | 'requirements'> & { key: string; after: string[] };

/** What a card of its own is made for. */
export interface FeatureCard {
  title: string;
  user: string;
  /** What the user does, where the card is about that; null for a rule of the product. */
  deed: string | null;
  /** Whether the PRD names it. */
  required: boolean;
  /** Titles of further requirements that this card fulfils. */
  covers: string[];
}

export function beforeFeatures(brief: Brief): Card[] {
  const main = brief.capabilities[0];
  const user = clip(main?.user ?? brief.users[0] ?? 'users', 4, 40);
  const thing = brief.things[0] ?? { one: 'request', many: 'requests' };
  const rest = brief.things.slice(1, 3).map(({ many }) => many);
  return [
    {
      key: 'path',
      title: `Set up ${clip(brief.product, 6, 60)} with checks and a first deploy`,
      description:
        'One page that answers, one database, the checks that run on every change, and a deploy by one command. Nothing of it is thrown away later.',
      acceptance_criteria: [
        'Given a clean machine, when the README is followed, then the page answers within 10 minutes.',
        'Given a failing check, when somebody wants to deploy, then nothing is deployed.',
      ],
      type: 'enabler',
      priority: 'urgent',
      estimate: 3,
      labels: ['operations'],
      after: [],
    },
    {
      key: 'data',
      title: `Store each ${clip(thing.one, 3, 40)} with its state, version and history`,
      description: `Tables for ${listed([thing.many, ...rest])}, one list of allowed state changes, and a history that is only added to. Every change names the version it saw.`,
      acceptance_criteria: [
        `Given one stored ${clip(thing.one, 3, 40)}, when two people change it at once, then the second one gets a conflict and nothing is lost.`,
        'Given a state that ended, when somebody wants to change it, then it is refused with a reason.',
      ],
      type: 'enabler',
      priority: 'high',
      estimate: 5,
      labels: ['data'],
      after: ['path'],
    },
    {
      key: 'talks',
      title: `Find out how ${user} manage today`,
      description: `Watch three ${user} while they try to ${main?.deed ?? 'get their work done'}, and write half a page on each. Ends with a written decision on who may see and change what.`,
      acceptance_criteria: [
        'Given three talks, when the notes are read, then each open question of the plan has an answer or an owner.',
        `Given the decision, when somebody asks who may change ${thing.many}, then one sentence answers it.`,
      ],
      type: 'spike',
      priority: 'high',
      estimate: 2,
      labels: ['research'],
      after: [],
    },
  ];
}

export function featureCard(brief: Brief, { title, user, deed, covers }: FeatureCard, i: number): Card {
  const thing = brief.things[0]?.one ?? 'request';
  const parts = [
    `One screen for it, one command on the server, and the stored ${thing} with its history.`,
    'Includes the empty state, the messages for wrong input, and the notice to everybody concerned.',
    'Includes the keyboard path, the narrow screen, and what is shown while the answer takes its time.',
    'Includes the events that tell how often it is started and finished, and a switch to turn it off.',
  ];
  const edges = [
    'Given the same request twice in a row, when both arrive, then there is one result.',
    'Given a person without the right to it, when they try, then it is refused and nothing has changed.',
    'Given an input over its limit, when it is sent, then the field and the limit are named and the text is kept.',
    'Given a cut connection, when it comes back, then nothing has to be entered again.',
  ];
  const estimates = [5, 3, 5, 8, 3, 2, 3, 2] as const;
  const also = covers.length > 0 ? ` Also covers ${listed(covers.slice(0, 8).map(quoted))}.` : '';
  return {
    key: `feature${i + 1}`,
    title,
    description: `${
      deed === null
        ? `A rule of the whole product: it holds on every screen and in the interface, and ${user} understand it without help.`
        : `Afterwards ${user} can ${deed}, from the first click to the stored result.`
    } ${parts[i % parts.length]}${also}`,
    acceptance_criteria: [
      deed === null
        ? `Given the situation in the title, when ${user} run into it, then the product does what the PRD says under that name.`
        : `Given ${user} with the right to it, when they ${/^be /.test(deed) ? 'have chosen to' : 'start to'} ${deed}, then the result is stored and shown within 800 ms.`,
      edges[i % edges.length] ?? '',
    ],
    type: 'feature',
    priority: i < 2 ? 'high' : i < 5 ? 'medium' : 'low',
    estimate: estimates[i % estimates.length] ?? 3,
    labels: [i % 2 === 0 ? 'ui' : 'api'],
    // The first one is the main journey; those after it stand on it.
    after: i === 0 ? ['data'] : ['feature1'],
  };
}

export function afterFeatures(brief: Brief, features: readonly Card[]): Card[] {
  const user = clip(brief.users[0] ?? 'users', 4, 40);
  const thing = brief.things[0]?.many ?? 'requests';
  const deed = brief.capabilities[0]?.deed ?? 'get started';
  const levels = brief.requirements.quality.slice(0, 6).map(quoted);
  return [
    {
      key: 'rights',
      title: `Check every read and write of ${clip(thing, 3, 40)} against the rights of ${user}`,
      description: `Sign-in, roles, and one place that decides. A foreign id looks like one that does not exist.${brief.constraints[0] ? ` Keeps: ${brief.constraints[0]}.` : ''}`,
      acceptance_criteria: [
        'Given a foreign account, when it tries every address, then each answers "not found" and is logged.',
        'Given an ended session, when it is used again, then it is refused.',
      ],
      type: 'feature',
      priority: 'high',
      estimate: 5,
      labels: ['security'],
      after: ['data', 'talks'],
    },
    {
      key: 'measure',
      title: 'Record the success metrics and alert on the agreed levels',
      description: `Events for how many ${user} start and manage to ${deed}, one page that shows the metrics every Monday, and alerts.${levels.length > 0 ? ` Measures the levels of the PRD: ${listed(levels)}.` : ''}`,
      acceptance_criteria: [
        'Given a day of use, when the page is opened, then it shows started, finished and median time.',
        'Given answers above 2 seconds for 10 minutes, when nobody looks, then somebody is called.',
      ],
      type: 'chore',
      priority: 'medium',
      estimate: 3,
      labels: ['operations'],
      after: ['feature1'],
    },
    {
      key: 'release',
      title: `Release to ten ${user} and rehearse the way back`,
      description:
        'The whole journey as a test in a browser, a restore to an empty machine, a switch per step, and a page on what changes for whom.',
      acceptance_criteria: [
        'Given the first group, when a week has passed, then 5 of 10 have come back.',
        'Given a bad release, when somebody sees it, then the previous one runs again within 5 minutes.',
      ],
      type: 'chore',
      priority: 'medium',
      estimate: 5,
      labels: ['operations'],
      after: ['measure', 'rights', ...features.slice(0, 4).map(({ key }) => key)],
    },
  ];
}
