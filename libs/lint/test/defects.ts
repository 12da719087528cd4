import type { OutputFormat } from '@planwright/contracts';
import type { Rule } from '../src/finding.js';
import { clean } from './texts.js';

/** A fault that was put into a clean text, and the rule that has to find it. */
export interface Defect {
  kind: string;
  rule: Rule;
  /** The clean text it was put into: its title and language hold. */
  base: string;
  text: string;
  format?: OutputFormat;
}

/** What a model was told in these tests, beside the idea. */
export const SYSTEM =
  'You write planning documents with a product team, one section per request; the platform joins the sections. Your readers decide, build and run the product, and have little time: every sentence must help one of them to decide, build or check something.';
export const CLOSING =
  'Write this section now, in 110 to 340 words, about 180: its text only, without its title, in the language of the idea unless the wishes name another.';
export const IDEA = 'A shared list of free tennis courts for the public clubs of a city, and a TODO list for families.';
export const OTHER_TITLES = ['Problem Statement', 'Success Metrics', 'Open Questions', 'Appendix', 'Key Decisions'];

const cut = (base: string, after: string) => {
  const { text } = clean(base);
  const at = text.indexOf(after);
  if (at < 0) throw new Error(`${base} does not say "${after}"`);
  return text.slice(0, at + after.length);
};
const swap = (base: string, from: string, to: string) => {
  const { text } = clean(base);
  if (!text.includes(from)) throw new Error(`${base} does not say "${from}"`);
  return text.replace(from, () => to);
};
const before = (base: string, head: string) => `${head}\n\n${clean(base).text}`;
const behind = (base: string, tail: string) => `${clean(base).text}\n\n${tail}`;
const of = (kind: string, rule: Rule, rows: readonly [base: string, text: string][]): Defect[] =>
  rows.map(([base, text]) => ({ kind, rule, base, text }));

const card = (title: string, description: string) => ({
  ...{
    ref: title,
    title,
    description,
    acceptance_criteria: ['Given a court, when it is closed, then the list says so.'],
  },
  ...{ type: 'feature', priority: 'medium', estimate: 3, labels: ['api'], dependencies: [], requirements: [] },
});
const cards = (...descriptions: string[]) =>
  JSON.stringify({ tasks: descriptions.map((description, i) => card(`T${i + 1}`, description)) });

export const DEFECTS: readonly Defect[] = [
  ...of('nothing', 'empty', [
    ['goals.en', ''],
    ['goals.en', ' \n\n— \n'],
    ['users.en', '### Players\n\n### Club volunteers\n'],
  ]),
  ...of('cut in a sentence', 'truncated', [
    ['problem-statement.en', cut('problem-statement.en', 'The four public clubs publish their')],
    ['goals.en', cut('goals.en', 'Out of scope: payments, coaching,')],
    ['problem-statement.de', cut('problem-statement.de', 'ob ein Platz frei ist, muss also')],
    ['summary.pt', cut('summary.pt', 'É feita para dois clubes, com')],
    ['problem-statement.ru', cut('problem-statement.ru', 'узнать, что корт занят, можно')],
    ['problem-statement.ru', cut('problem-statement.ru', 'и клубы от')],
    ['goals.el', cut('goals.el', 'βρίσκει ελεύθερο γήπεδο πριν φύγει από')],
  ]),
  ...of('cut in a list', 'truncated', [
    ['functional.en', cut('functional.en', 'the system holds it for five minutes under the')],
    ['risks.en', cut('risks.en', 'It did twice last')],
    ['questions.en', cut('questions.en', 'If nobody decides by week 4, the answer is yes, because the')],
    ['risks.en', `${cut('risks.en', 'a letter of intent.')}\n-`],
    ['non-functional.en', cut('non-functional.en', '**Accessibility** (should):')],
    ['metrics.pl', cut('metrics.pl', 'Mierzone przez')],
    ['metrics.ru', cut('metrics.ru', 'На звонки о')],
    ['users.uk', cut('users.uk', 'З клубу до')],
    ['solution.bg', cut('solution.bg', 'кои кортове са свободни през')],
    ['goals.el', cut('goals.el', 'λιγότερο από ένα λεπτό για')],
  ]),
  ...of('cut in a table', 'truncated', [
    ['metrics.en', cut('metrics.en', '| Calls about availability | 46 a week |')],
    ['timeline.en', cut('timeline.en', '| All four clubs | 10 | the list')],
    ['risks.de', cut('risks.de', '| Spieler kommen nicht | Plätze stehen')],
  ]),
  ...of('cut in code', 'truncated', [
    ['technical.en', cut('technical.en', 'ALTER TABLE bookings')],
    ['api.en', cut('api.en', 'Content-Type: application/json')],
  ]),
  ...of('cut in brackets', 'truncated', [
    ['technical.en', `${cut('technical.en', 'about 900 rows a week')}.`],
    ['decisions.en', cut('decisions.en', 'five minutes (`expires_at`')],
    ['appendix.en', cut('appendix.en', '**Sources')],
  ]),
  ...of('cut behind a heading', 'truncated', [['users.en', cut('users.en', '### Not users')]]),
  ...of('a mark for later', 'placeholder', [
    ['goals.en', swap('goals.en', 'Calls about availability fall by half', 'TODO: add the number of calls')],
    ['metrics.en', swap('metrics.en', '| 1 min |', '| TBD |')],
    ['questions.en', behind('questions.en', '(to be determined)')],
    ['timeline.en', swap('timeline.en', 'paper lists are taken down', 'TBC')],
    ['risks.de', swap('risks.de', 'Plätze stehen trotz Buchung leer', 'noch offen')],
  ]),
  ...of('a gap to fill in', 'placeholder', [
    ['users.en', swap('users.en', 'Marta works', '[Insert name] works')],
    ['problem-statement.en', swap('problem-statement.en', 'in Leuven', 'in [your city]')],
    ['problem-statement.de', swap('problem-statement.de', 'in Leipzig', 'in [Name hier einfügen]')],
    ['decisions.en', swap('decisions.en', 'Members sign in', '{{user_group}} sign in')],
    ['summary.pt', swap('summary.pt', 'O produto reúne', '<product name> reúne')],
    ['api.en', behind('api.en', 'The base address is ________ until it is known.')],
    ['technical.en', behind('technical.en', 'Lorem ipsum dolor sit amet, consectetur adipiscing elit.')],
  ]),
  ...of('a number to fill in', 'placeholder', [
    ['goals.en', swap('goals.en', 'falls from 20 % to 12 %', 'falls from XX% to YY%')],
    ['non-functional.en', swap('non-functional.en', 'within 800 ms', 'within XXX ms')],
    ['questions.en', swap('questions.en', 'about 90 euros', 'about $XX')],
  ]),
  ...of('a preamble', 'chat', [
    ['goals.en', before('goals.en', 'Sure! Here is the Goals and Objectives section:')],
    ['functional.en', before('functional.en', "Here's a draft of the functional requirements for your app:")],
    ['risks.en', before('risks.en', 'Certainly. Below is the section you requested:')],
    ['problem-statement.de', before('problem-statement.de', 'Gerne! Hier ist der Abschnitt:')],
    ['goals.fr', before('goals.fr', 'Bien sûr ! Voici le texte de la section :')],
    ['users.en', `Sure! ${clean('users.en').text}`],
    ['problem-statement.zh', before('problem-statement.zh', '当然!以下是您要求的部分:')],
  ]),
  ...of('a closing remark', 'chat', [
    ['goals.en', behind('goals.en', 'Let me know if you would like me to expand any of these goals.')],
    ['api.en', behind('api.en', 'Feel free to adjust the routes to your needs!')],
    ['risks.de', behind('risks.de', 'Ich hoffe, dieser Abschnitt hilft dir weiter.')],
    ['goals.fr', behind('goals.fr', "N'hésitez pas à me demander plus de détails.")],
    ['technical.en', behind('technical.en', 'I hope this helps. Would you like me to add a diagram?')],
    ['functional.es', behind('functional.es', 'Avísame si quieres que amplíe algún punto.')],
    ['metrics.pl', behind('metrics.pl', 'Daj znać, jeśli coś dodać.')],
  ]),
  ...of('a machine about itself', 'chat', [
    [
      'metrics.en',
      before('metrics.en', 'As an AI language model, I have no access to your figures, so these are estimates.'),
    ],
    ['users.it', behind('users.it', 'As an AI, I cannot verify these persons.')],
  ]),
  ...of('a refusal', 'refusal', [
    ['goals.en', "I'm sorry, but I can't help with that request."],
    ['risks.en', 'I cannot provide this content. It may help somebody to observe other people without their consent.'],
    ['problem-statement.de', 'Es tut mir leid, aber ich kann diesen Abschnitt leider nicht schreiben.'],
    ['goals.fr', 'Je suis désolé, mais je ne peux pas répondre à cette demande.'],
    ['functional.es', 'Lo siento, pero no puedo ayudar con esta solicitud.'],
    ['goals.fr', 'Je suis désolé, il est impossible de répondre à cette demande.'],
    ['metrics.pl', 'Przepraszam, ale nie mogę pomóc w tej sprawie.'],
    ['users.en', before('users.en', 'I’m unable to write about real people. In general terms:')],
  ]),
  ...of('another language', 'wrong_language', [
    ['goals.en', clean('goals.fr').text],
    ['problem-statement.en', clean('problem-statement.de').text],
    ['problem-statement.de', clean('problem-statement.en').text],
    ['goals.fr', clean('goals.en').text],
    ['functional.en', clean('functional.es').text],
    ['summary.pt', clean('users.it').text],
    ['problem-statement.ru', clean('problem-statement.en').text],
    ['risks.en', clean('solution.ja').text],
    ['problem-statement.zh', clean('technical.en').text],
    ['timeline.nl', clean('metrics.pl').text],
  ]),
  ...of('a stub', 'word_budget', [
    ['goals.en', 'The goal is a free court.'],
    ['decisions.en', 'One database, holds as rows, and no passwords.'],
    ['technical.en', cut('technical.en', 'one shared mailbox.')],
  ]),
  ...of('a flood', 'word_budget', [
    ['goals.en', ['users.en', 'goals.en', 'risks.en', 'decisions.en'].map((name) => clean(name).text).join('\n\n')],
    [
      'summary.pt',
      ['summary.pt', 'users.it', 'timeline.nl', 'metrics.pl'].map((name) => clean(name).text).join('\n\n'),
    ],
  ]),
  ...of('the prompt', 'prompt_leak', [
    ['goals.en', before('goals.en', SYSTEM)],
    ['users.en', behind('users.en', CLOSING)],
    ['technical.en', behind('technical.en', SYSTEM.slice(60, 190))],
    ['questions.en', before('questions.en', '<data name="idea" nonce="3f2a9c01d4e5b677">')],
    ['api.en', behind('api.en', '</data nonce="3f2a9c01d4e5b677">')],
  ]),
  ...of('the title again', 'headings', [
    ['goals.en', before('goals.en', '## Goals and Objectives')],
    ['risks.en', before('risks.en', '### 9. Risks & Mitigations')],
    [
      'problem-statement.de',
      behind('problem-statement.de', '### Problem Statement\n\nDie Suche kostet Zeit und Nerven.'),
    ],
  ]),
  ...of('a heading of the wrong level', 'headings', [
    ['users.en', swap('users.en', '### Players', '# Players')],
    ['decisions.en', swap('decisions.en', '### Holds are rows', '##### Holds are rows')],
  ]),
  ...of('a heading over nothing', 'headings', [
    ['functional.en', swap('functional.en', '### Reserving', '### Paying\n\n### Reserving')],
    ['decisions.en', swap('decisions.en', '### No passwords', '###')],
  ]),
  ...of('other sections', 'headings', [
    [
      'goals.en',
      behind('goals.en', '### Success Metrics\n\nTime to a slot.\n\n### Open Questions\n\nWho pays for it?'),
    ],
    ['users.en', behind('users.en', '### Appendix\n\nTalks with four club secretaries.')],
  ]),
  ...of('a paragraph again', 'repetition', [
    [
      'users.en',
      behind(
        'users.en',
        'Jos opens the gate on Saturdays. He wants to mark a court as closed within ten seconds, also with wet fingers and without a password he has to remember.',
      ),
    ],
    [
      'risks.en',
      behind(
        'risks.en',
        '- **Somebody sells reserved slots.** A slot cannot be handed over; it can only be cancelled, which offers it to everybody.',
      ),
    ],
    ['summary.pt', `${clean('summary.pt').text}\n\n${clean('summary.pt').text}`],
  ]),
  ...of('a loop', 'repetition', [
    ['goals.en', behind('goals.en', 'The list is sorted by distance and by time. '.repeat(7).trim())],
    ['technical.en', behind('technical.en', '- The script polls the door controller again.\n'.repeat(6).trim())],
  ]),
  {
    kind: 'a card with a gap',
    rule: 'placeholder',
    base: 'goals.en',
    format: 'tasks',
    text: cards('Store a booking.', 'TODO: describe this card.'),
  },
  {
    kind: 'a card with a refusal',
    rule: 'refusal',
    base: 'goals.en',
    format: 'tasks',
    text: cards("I'm sorry, but I can't help with that."),
  },
  {
    kind: 'half a list of cards',
    rule: 'truncated',
    base: 'goals.en',
    format: 'tasks',
    text: cards('Store a booking.', 'Show it.').slice(0, -40),
  },
];
