import type { FailureCode } from '@planwright/contracts';
import { loadCatalogue } from '@planwright/prompts';
import type { Script } from '@planwright/testing';
import { payloadOf } from '../../test/double-generator.js';
import { command, generator } from '../../test/scripted-generator.js';
import type { StepGenerate } from './step-facts.js';

/** Every section of every built-in document, as a command asks for it. */
const SECTIONS = [...loadCatalogue().blueprints.values()].flatMap(({ document, mode, sections }) =>
  sections.map((section) => ({
    name: `${document}${mode ? ` (${mode})` : ''}: ${section.title}`,
    payload: {
      document,
      section_id: section.id,
      title: section.title,
      output: section.output,
      words: section.words,
      prompt: {
        system: [
          {
            text: 'You write planning documents with a product team, one section per request, and nothing besides them.',
          },
        ],
        user: [{ text: 'A list of the free tennis courts in the city, for the players.', data: 'idea' }],
      },
      lint: {
        other_titles: sections.filter(({ id }) => id !== section.id).map(({ title }) => title),
        language: 'en',
      },
    } satisfies Partial<StepGenerate['payload']>,
  })),
);
type Section = (typeof SECTIONS)[number]['payload'];

const sentence = (i: number) =>
  `Court ${i} is free on the list as soon as the club has marked it, and player ${i} reads this within ${i + 2} seconds.`;
/** About as long as it was asked for. */
function proseOf({ words }: Section): string {
  const sentences = Array.from({ length: Math.ceil(words.target / 21) }, (_, i) => sentence(i + 1));
  return Array.from({ length: Math.ceil(sentences.length / 4) }, (_, i) =>
    sentences.slice(4 * i, 4 * i + 4).join(' '),
  ).join('\n\n');
}
const cardsOf = (description: (i: number) => string) =>
  JSON.stringify({
    tasks: Array.from({ length: 12 }, (_, i) => ({
      ...{ ref: `T${i + 1}`, title: `Show court ${i + 1}`, description: description(i + 1) },
      acceptance_criteria: [`Given court ${i + 1}, when it is free, then the list says so.`],
      ...{ type: 'feature', priority: 'medium', estimate: 3, labels: ['api'], dependencies: [], requirements: [] },
    })),
  });
const goodTextOf = (section: Section) =>
  section.output === 'tasks' ? cardsOf((i) => `${sentence(i)} ${sentence(i + 20)}`) : proseOf(section);
const GERMAN =
  'Die Liste der freien Plätze ist für die Spieler und nicht nur für die Mitglieder der Vereine. Sie wird von den Vereinen gepflegt, und jeder kann sie auf dem Telefon lesen. ';

type Fault = (section: Section) => Script;
/** How a provider fails, and with which codes this may be told. */
const FAULTS: Record<string, { fault: Fault; codes: FailureCode[] }> = {
  'no end mark': { fault: (s) => ({ text: goodTextOf(s), end: 'silence' }), codes: ['connection'] },
  'an end in the middle without a mark': {
    fault: (s) => ({ text: goodTextOf(s), pieces: 9, end: 'silence' }),
    codes: ['connection'],
  },
  'the output limit': { fault: (s) => ({ text: goodTextOf(s), pieces: 30, end: 'length' }), codes: ['truncated'] },
  'a filter': { fault: (s) => ({ text: goodTextOf(s), pieces: 30, end: 'filtered' }), codes: ['content_filtered'] },
  'a bug of its client': { fault: (s) => ({ text: goodTextOf(s), pieces: 3, end: 'throw' }), codes: ['server_error'] },
  'an error within the text': {
    fault: (s) => ({ text: goodTextOf(s), pieces: 5, end: { code: 'overloaded', detail: 'Overloaded' } }),
    codes: ['overloaded'],
  },
  'a refusal before the text': {
    fault: () => ({ chunks: [], end: { code: 'rate_limited', detail: '429' } }),
    codes: ['rate_limited'],
  },
  'no text': { fault: () => ({ chunks: [] }), codes: ['malformed'] },
  blanks: { fault: () => ({ text: ' \n\n ' }), codes: ['malformed'] },
  'an end in the middle, marked as finished': {
    fault: (s) => ({
      text: goodTextOf(s)
        .slice(0, Math.floor(goodTextOf(s).length * 0.7))
        .replace(/\W*\w*\W*$/, ' and'),
    }),
    codes: ['malformed'],
  },
  'an open code block': { fault: (s) => ({ text: `${goodTextOf(s)}\n\n\`\`\`sql\nSELECT 1` }), codes: ['malformed'] },
  'an error for a text': {
    fault: () => ({ text: 'Error: upstream connect error or disconnect/reset before headers' }),
    codes: ['malformed'],
  },
  'an error page for a text': {
    fault: () => ({ text: '<html><head><title>502 Bad Gateway</title></head></html>' }),
    codes: ['malformed'],
  },
  'an error object for a text': {
    fault: () => ({ text: '{"error": {"message": "The server is overloaded", "code": 503}}' }),
    codes: ['malformed'],
  },
  'words of refusal for a text': {
    fault: () => ({ text: "I'm sorry, but I can't help with that." }),
    codes: ['content_filtered', 'malformed'],
  },
  'a placeholder': {
    fault: (s) => ({
      text:
        s.output === 'tasks' ? cardsOf(() => 'TODO: describe the card.') : `${proseOf(s)}\n\n[Insert the figures here]`,
    }),
    codes: ['malformed'],
  },
  'another language': {
    fault: (s) => ({
      text: s.output === 'tasks' ? cardsOf(() => GERMAN) : GERMAN.repeat(Math.ceil(s.words.target / 34)),
    }),
    codes: ['malformed'],
  },
  'a loop': {
    fault: (s) => ({
      text:
        s.output === 'tasks'
          ? `${cardsOf(sentence)}${cardsOf(sentence)}`
          : `${sentence(1)} `.repeat(Math.ceil(s.words.target / 21) + 4),
    }),
    codes: ['malformed'],
  },
  'the prompt again': {
    fault: (s) => {
      const told = s.prompt.system[0]?.text ?? '';
      return { text: s.output === 'tasks' ? cardsOf(() => told) : `${told}\n\n${proseOf(s)}` };
    },
    codes: ['malformed'],
  },
  'a closing remark': {
    fault: (s) => ({ text: `${goodTextOf(s)}\n\nLet me know if you would like any changes!` }),
    codes: ['malformed'],
  },
  'an escaped NUL': {
    fault: (s) => ({ text: s.output === 'tasks' ? cardsOf((i) => `${sentence(i)}\u0000`) : `{"text": "\\u0000"}` }),
    codes: ['malformed'],
  },
  'half a surrogate pair, escaped': {
    fault: (s) => ({ text: s.output === 'tasks' ? cardsOf((i) => `${sentence(i)}\ud83d`) : `{"text": "\\ud83d"}` }),
    codes: ['malformed'],
  },
  'half of the JSON': {
    fault: (s) => ({ text: s.output === 'tasks' ? cardsOf(sentence).slice(0, -50) : '{"tasks": [{"ref": "T1"' }),
    codes: ['malformed'],
  },
};

async function write(section: Section, script: Script) {
  const made = generator();
  made.provider.script(section.section_id, script);
  const message = command(section);
  await made.step.execute(message, { redelivered: false });
  const end = made.facts.at(-1);
  if (!end) throw new Error('the step ended without a fact');
  return { end, shown: (await made.shown(message.payload.run_id)).text };
}

it('covers every built-in section', () => {
  expect(SECTIONS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(SECTIONS.map(({ payload }) => payload.output))).toEqual(new Set(['markdown', 'tasks']));
});

describe.each(SECTIONS)('$name', ({ payload }) => {
  it('stores a good text as it was shown, without a word on it', async () => {
    const { end, shown } = await write(payload, { text: goodTextOf(payload) });
    expect(payloadOf(end, 'step.generated')).toMatchObject({ content: goodTextOf(payload), warnings: [] });
    expect(shown).toBe(goodTextOf(payload));
  });

  it('stores nothing a provider did not finish, or that is no such text', async () => {
    const stored: string[] = [];
    for (const [name, { fault, codes }] of Object.entries(FAULTS)) {
      const { end, shown } = await write(payload, fault(payload));
      if (end.name !== 'step.failed') stored.push(`${name}: ${end.name}`);
      else {
        expect([name, codes]).toEqual([name, expect.arrayContaining([end.payload.failure.code])]);
        expect(end.payload.draft ?? '').toBe(shown);
      }
    }
    expect(stored).toEqual([]);
  });

  it('takes away what is no part of a text before anybody sees it', async () => {
    const fence = payload.output === 'tasks' ? 'json' : 'markdown';
    const text = `Sure! Here is the section you asked for:\n\n\`\`\`${fence}\n${goodTextOf(payload)}\n\`\`\`\n`;
    const { end, shown } = await write(payload, { text });
    expect(payloadOf(end, 'step.generated').content).toBe(goodTextOf(payload));
    expect(shown).toBe(goodTextOf(payload));
  });
});
