import { expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { namesFrom } from '../project/names.js';
import { offerOf, question } from './offer.js';
import type { StartedRun } from './started-runs.js';

const NAMES = namesFrom([]);
const STARTED: StartedRun = {
  runId: 'r',
  projectId: 'p',
  about: 'section',
  written: ['goals'],
  affected: [
    { document: 'prd', sections: ['metrics', 'summary'] },
    { document: 'tech_spec', sections: ['risks', 'stack'] },
  ],
};

const document = (kind: string, sections: Record<string, boolean>) =>
  ({
    kind,
    active_version: { sections: Object.entries(sections).map(([id, stale]) => ({ id, title: id, stale })) },
  }) as unknown as Schemas['Document'];

it('offers sections one by one, and a document where all of it is affected', () => {
  const documents = [
    document('prd', { summary: false, goals: false, metrics: true }),
    document('tech_spec', { stack: true, risks: true }),
  ];
  expect(offerOf(STARTED, documents, NAMES)).toEqual([
    // In document order, with what uses a stale one.
    { id: 'summary', title: 'summary', sections: ['summary'] },
    { id: 'metrics', title: 'metrics', sections: ['metrics'] },
    { id: 'tech_spec', title: 'Tech spec', sections: ['stack', 'risks'] },
  ]);
});

it('names the document of single sections of another one', () => {
  const [offered] = offerOf(STARTED, [document('tech_spec', { stack: true, risks: true, tests: false })], NAMES);
  expect(offered?.title).toBe('Tech spec: stack');
});

it('offers nothing where the text came out the same, and nothing that is gone', () => {
  expect(offerOf(STARTED, [document('prd', { summary: false, metrics: false, other: true })], NAMES)).toEqual([]);
  expect(offerOf(STARTED, [], NAMES)).toEqual([]);
});

it('asks in the words that were agreed', () => {
  const offered = [
    { id: 'a', title: 'A', sections: [] },
    { id: 'b', title: 'B', sections: [] },
  ];
  expect(question('section', offered)).toBe(
    'This section was used as context for: A, B. Would you like to regenerate those too?',
  );
});
