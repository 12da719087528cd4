import { after, CANCEL, DIGEST, done, failed, generated, NOTES, openRun, START } from '../test/example-run.js';
import { documentInHand, isEndedRun, isEndedVersion, sectionStatusOf } from './run-status.js';

test('a section has a status of its own for each status of its step', () => {
  const statuses = (['queued', 'delayed', 'running', 'succeeded', 'failed', 'cancelled'] as const).map((status) =>
    sectionStatusOf({ status }),
  );
  expect(statuses).toEqual(['pending', 'pending', 'generating', 'completed', 'failed', 'cancelled']);
});

test('runs and versions end for good', () => {
  expect((['queued', 'running'] as const).some(isEndedRun)).toBe(false);
  expect((['succeeded', 'partial', 'failed', 'cancelled'] as const).every(isEndedRun)).toBe(true);
  expect((['queued', 'generating'] as const).some(isEndedVersion)).toBe(false);
  expect((['ready', 'partial', 'failed', 'cancelled'] as const).every(isEndedVersion)).toBe(true);
});

describe('the document in hand', () => {
  const chain = openRun([NOTES, DIGEST]);
  const inHand = (events: Parameters<typeof after>[1]) => documentInHand(after(chain, events))?.documentId;

  test('is the first before the start', () => expect(inHand([])).toBe('notes'));
  test('is the one being written', () =>
    expect(inHand([START, ...done('a', 'b', 'c', 'd'), generated('e')])).toBe('digest'));
  test('is the one that stopped the chain, not one that was never begun', () =>
    expect(inHand([START, failed('a', 'auth')])).toBe('notes'));
  test('is the last one of a finished run', () =>
    expect(inHand([START, ...done('a', 'b', 'c', 'd', 'e', 'f')])).toBe('digest'));
  test('is the first of a run cancelled before its start', () => expect(inHand([CANCEL])).toBe('notes'));
});
