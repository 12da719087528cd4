import { expect, it } from '@jest/globals';
import { PlanwrightError } from '@planwright/client';
import { namesFrom } from '../project/names.js';
import { conflictOf } from './conflict.js';

const RUN = '01a2012c-b809-76b9-a0e7-d62244f979c8';
const NAMES = namesFrom([]);
const refusal = (code: 'run_active' | 'nothing_stale', detail: string, more: object) =>
  new PlanwrightError({ type: '', title: '', status: 409, code, detail, advice: 'Wait.', ...more });

it('names the run that is in the way, and what it writes, in words', () => {
  const error = refusal('run_active', `Run ${RUN} is already writing prd.`, { run_id: RUN, scope: 'prd' });
  expect(conflictOf(error, NAMES)).toEqual({ runId: RUN, sentence: 'Another run is already writing the PRD.' });
});

it('names a section', () => {
  const detail = `Run ${RUN} is already writing user_stories.`;
  const error = refusal('run_active', detail, { run_id: RUN, scope: 'user_stories' });
  expect(conflictOf(error, NAMES)?.sentence).toBe('Another run is already writing User stories.');
});

it('leaves every other error to others', () => {
  expect(conflictOf(null, NAMES)).toBeNull();
  expect(conflictOf(new Error('run_active'), NAMES)).toBeNull();
  expect(conflictOf(refusal('nothing_stale', 'No.', { run_id: RUN }), NAMES)).toBeNull();
  expect(conflictOf(refusal('run_active', 'No.', {}), NAMES)).toBeNull();
});
