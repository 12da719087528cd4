import { expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { namesFrom } from '../project/names.js';
import { staleIn, staleSentence } from './stale.js';

it('names stale sections by document, and no others', () => {
  const documents = [
    {
      kind: 'prd',
      active_version: {
        sections: [
          { title: 'Goals', stale: true },
          { title: 'Summary', stale: false },
        ],
      },
    },
    { kind: 'tech_spec', active_version: { sections: [{ title: 'Stack', stale: false }] } },
    { kind: 'task_set', active_version: null },
  ] as unknown as Schemas['Document'][];
  expect(staleIn(documents, namesFrom([]))).toEqual([{ kind: 'prd', title: 'PRD', sections: ['Goals'] }]);
});

it('says so in one sentence', () => {
  expect(staleSentence(['PRD', 'Tech spec'])).toBe(
    'Parts of the PRD and Tech spec were made from texts that have changed since.',
  );
});
