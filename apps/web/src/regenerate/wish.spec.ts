import { expect, it } from '@jest/globals';
import type { RunEstimate } from './types.js';
import { AS_USUAL, cascadable, requestOf } from './wish.js';

const SECTION = { what: 'section', kind: 'prd', documentId: 'd1', sectionId: 'goals' } as const;

it('asks for a section of a PRD by its own route, with wishes and cascade', () => {
  const choices = {
    ...AS_USUAL,
    instructions: 'Shorter.',
    cascade: ['summary'],
    provider: 'openai',
    model: ' gpt-4o ',
  };
  expect(requestOf(SECTION, choices)).toEqual({
    route: 'section',
    prdId: 'd1',
    sectionId: 'goals',
    body: { custom_instructions: 'Shorter.', cascade: ['summary'], provider: 'openai', model: 'gpt-4o' },
  });
});

it('leaves out what nobody chose', () => {
  expect(requestOf(SECTION, { ...AS_USUAL, instructions: ' \n ' })).toMatchObject({ body: {} });
});

it('asks for everything else by a run', () => {
  const ofTech = { ...SECTION, kind: 'tech_spec', sectionId: 'risks' };
  expect(requestOf(ofTech, { ...AS_USUAL, downstream: true, instructions: 'More.' })).toEqual({
    route: 'run',
    body: { sections: ['risks'], downstream: true, instructions: 'More.' },
  });
  expect(requestOf({ what: 'document', kind: 'prd' }, AS_USUAL)).toEqual({
    route: 'run',
    body: { documents: ['prd'] },
  });
  expect(requestOf({ what: 'sections', sections: ['a', 'b'] }, { ...AS_USUAL, onConflict: 'enqueue' })).toEqual({
    route: 'run',
    body: { sections: ['a', 'b'], on_conflict: 'enqueue' },
  });
});

it('sends no wishes with what is stale: the server refuses them', () => {
  expect(requestOf({ what: 'stale' }, { ...AS_USUAL, instructions: 'x', downstream: true })).toEqual({
    route: 'run',
    body: { stale: true },
  });
});

it('offers what the section would outdate, whether chosen already or not', () => {
  const estimate = {
    documents: [{ kind: 'prd', sections: [{ id: 'goals' }, { id: 'summary' }] }],
    affected: [
      { document: 'tech_spec', sections: ['risks'] },
      { document: 'prd', sections: ['metrics'] },
    ],
  } as unknown as RunEstimate;
  expect(cascadable(estimate, ['summary'])).toEqual(['summary', 'metrics']);
  expect(cascadable({ ...estimate, affected: [] }, [])).toEqual([]);
});
