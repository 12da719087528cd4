import { describe, expect, it } from '@jest/globals';
import type { Feature, Outcome, Seen } from './feature-words.js';
import { descriptionError, excerpt, isTold, outcomeOfFeature, statusOf } from './feature-words.js';

const feature = (change: Partial<Feature>) =>
  ({ status: 'pending', error_message: null, task_count: 0, ...change }) as Feature;
const CANCELLED = 'The feature was cancelled. Retry it to go on.';

describe('a feature', () => {
  it.each([
    [{ status: 'pending' }, 'Queued'],
    [{ status: 'processing' }, 'Generating…'],
    [{ status: 'completed' }, 'Done'],
    [{ status: 'failed', error_message: 'Timeout.' }, 'Failed'],
    [{ status: 'failed', error_message: CANCELLED }, 'Cancelled'],
  ] as const)('%j is said as %s', (change, word) => {
    expect(statusOf(feature(change)).word).toBe(word);
  });

  it.each<[Partial<Feature>, Outcome]>([
    [{ status: 'processing' }, { kind: 'running', message: null }],
    [
      { status: 'completed', task_count: 5 },
      { kind: 'done', message: 'Feature created! 5 tasks added to your board' },
    ],
    [
      { status: 'completed', task_count: 1 },
      { kind: 'done', message: 'Feature created! 1 task added to your board' },
    ],
    [
      { status: 'failed', error_message: 'Timeout.' },
      { kind: 'failed', error: 'Timeout.' },
    ],
    [{ status: 'failed', error_message: CANCELLED }, { kind: 'cancelled' }],
  ])('%j has come to %j', (change, outcome) => {
    expect(outcomeOfFeature(feature(change))).toEqual(outcome);
  });
});

describe('a toast of a feature', () => {
  const running: Outcome = { kind: 'running', message: null };
  const done: Outcome = { kind: 'done', message: 'Done' };
  it.each<[string, Seen | undefined, Outcome, 'event' | 'list', boolean]>([
    ['comes back after a reload', undefined, running, 'list', true],
    ['is not shown for what ended before anybody looked', undefined, done, 'list', false],
    ['says the end that nobody heard', 'running', done, 'list', true],
    ['says the end even after it was dismissed', 'dismissed', done, 'event', true],
    ['stays dismissed while it runs', 'dismissed', running, 'event', false],
    ['stays dismissed when the list is read again', 'dismissed', running, 'list', false],
    ['says its progress', 'running', running, 'event', true],
    ['keeps its progress when the list is read again', 'running', running, 'list', false],
    ['does not run again by an old list', 'ended', running, 'list', false],
    ['ends once', 'ended', done, 'event', false],
  ])('%s', (_, seen, outcome, from, told) => {
    expect(isTold(seen, outcome, from)).toBe(told);
  });
});

describe('a description', () => {
  it('has to say something, within its limit', () => {
    expect(descriptionError(' \n')).toMatch(/Say what/);
    expect(descriptionError('x'.repeat(8_000))).toBeNull();
    expect(descriptionError('x'.repeat(8_002))).toBe('This is 2 characters too long. Shorten it a little.');
  });

  it('is cut to one line', () => {
    expect(excerpt('  a\n\n b ')).toBe('a b');
    expect(excerpt('abcdef', 4)).toBe('abc…');
  });
});
