import { describe, expect, it } from '@jest/globals';
import type { Schemas, SectionState } from '@planwright/client';
import { keepSame, ofFollowed, ofStored, sectionsOfRun } from './shown-sections.js';
import type { Turn } from './shown-sections.js';

const section = (sectionId: string, fields: Partial<SectionState> = {}): SectionState => ({
  ...{ documentId: 'd', document: 'prd', sectionId, title: sectionId, status: 'pending', attempt: 0, draft: '' },
  ...{ content: null, proof: null, error: null, problem: null, nextAttemptAt: null, reason: null, position: null },
  ...{ order: 0, verified: false },
  ...fields,
});
const stored = (id: string, order: number, fields: object = {}) =>
  ({
    id,
    title: `Title of ${id}`,
    order,
    status: 'completed',
    stale: false,
    content: 'text',
    draft: null,
    ...fields,
    warnings: [],
  }) as unknown as Schemas['Version']['sections'][number];
const turn = (stage: number | null): Turn => ({
  stage,
  stages: [
    { number: 1, mode: 'sequential', streamed: true, timeout_seconds: 60, sections: ['a', 'b'] },
    { number: 2, mode: 'parallel', streamed: false, timeout_seconds: 60, sections: ['c', 'd'] },
  ],
});
const looks = (followed: SectionState[], at: Turn | null) =>
  sectionsOfRun(followed, [], at).map(({ id, look }) => `${id} ${look}`);

describe('a section of a run', () => {
  it('is coming when it is its turn: the first open one of a stage one after another', () => {
    expect(looks([section('a'), section('b'), section('c')], turn(null))).toEqual([
      'a coming',
      'b waiting',
      'c waiting',
    ]);
    expect(looks([section('a', { status: 'completed', content: 'x' }), section('b')], turn(1))).toEqual([
      'a done',
      'b coming',
    ]);
  });

  it('is coming with all others of a stage side by side', () => {
    expect(looks([section('c'), section('d', { status: 'failed' })], turn(2))).toEqual(['c coming', 'd failed']);
    expect(looks([section('c'), section('d')], turn(2))).toEqual(['c coming', 'd coming']);
  });

  it('waits where nothing is known of stages', () => {
    expect(looks([section('a')], null)).toEqual(['a waiting']);
  });

  it('is being written once there is text', () => {
    expect(ofFollowed(section('a', { status: 'generating' }), true).look).toBe('coming');
    expect(ofFollowed(section('a', { status: 'generating', draft: 'So' }), true)).toMatchObject({
      look: 'writing',
      text: 'So',
    });
  });

  it('is delayed for an instant; behind another section of the run it only waits', () => {
    const delay = { status: 'delayed', nextAttemptAt: '2026-11-22T10:00:00Z', position: 3 } as const;
    expect(ofFollowed(section('a', { ...delay, reason: 'quota' }), true)).toMatchObject({
      look: 'delayed',
      delay: { until: delay.nextAttemptAt, reason: 'quota', position: 3 },
    });
    expect(ofFollowed(section('a', { ...delay, reason: 'prefix_cache' }), true).look).toBe('coming');
    expect(ofFollowed(section('a', { ...delay, reason: 'inputs' }), false).look).toBe('waiting');
  });

  it('says what went wrong and what helps', () => {
    const problem = { code: 'overloaded', title: 'Too busy', detail: '', advice: 'Wait.', retryable: true };
    const failed = ofFollowed(section('a', { status: 'failed', draft: 'half', error: 'e', problem }), false);
    expect(failed).toMatchObject({ look: 'failed', text: 'half', error: 'Too busy', advice: 'Wait.' });
  });
});

describe('a document that a run writes', () => {
  it('has the sections of its version in their order, and of those that are written what the run has', () => {
    const shown = sectionsOfRun(
      [section('b', { status: 'generating', draft: 'new' })],
      [stored('b', 2), stored('a', 1)],
      turn(1),
    );
    expect(shown.map(({ id, title, look, text }) => [id, title, look, text])).toEqual([
      ['a', 'Title of a', 'done', 'text'],
      ['b', 'Title of b', 'writing', 'new'],
    ]);
  });
});

describe('a stored section', () => {
  it.each([
    [{}, 'done'],
    [{ stale: true }, 'stale'],
    [{ status: 'failed' }, 'failed'],
    [{ status: 'cancelled' }, 'cancelled'],
    [{ status: 'pending' }, 'none'],
  ])('%j is %s', (fields, look) => {
    expect(ofStored(stored('a', 1, fields)).look).toBe(look);
  });

  it('shows what was cut off', () => {
    expect(ofStored(stored('a', 1, { status: 'failed', content: null, draft: 'half' })).text).toBe('half');
  });
});

describe('what did not change', () => {
  const shown = (text: string) =>
    sectionsOfRun([section('a', { status: 'generating', draft: text }), section('b')], [], turn(1));

  it('is the same object', () => {
    const before = shown('one');
    expect(keepSame(before, shown('one'))).toBe(before);
    const after = keepSame(before, shown('one two'));
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).toBe(before[1]);
  });
});
