import { describe, expect, it } from '@jest/globals';
import type { SectionState } from '@planwright/client';
import { isForAnotherSection, placeInLine, reasonOf } from './delays.js';
import { endedWords } from './ended-words.js';
import { choicesOf, nameOfKind, queryOf, withDocument } from './run-choices.js';
import type { RunOfDocument } from './shown-run.js';
import { stagesOf, stageWords } from './stages.js';

describe('a delay in words', () => {
  it('says why, also where the reason is not known', () => {
    expect(reasonOf('quota')).toBe('Waiting for room in the provider’s limits');
    expect(reasonOf('something_new')).toBe('Waiting for the provider');
    expect(isForAnotherSection('inputs')).toBe(true);
    expect(isForAnotherSection('quota')).toBe(false);
  });

  it.each([
    [null, null],
    [1, 'next in line'],
    [2, '2nd in line'],
    [3, '3rd in line'],
    [11, '11th in line'],
    [22, '22nd in line'],
    [112, '112th in line'],
  ])('place %s is %s', (position, words) => {
    expect(placeInLine(position)).toBe(words);
  });
});

describe('stages', () => {
  const stages = [
    { number: 1, mode: 'sequential', streamed: true, timeout_seconds: 60, sections: ['a', 'b'] },
    { number: 2, mode: 'parallel', streamed: false, timeout_seconds: 60, sections: ['c', 'd'] },
    { number: 3, mode: 'sequential', streamed: true, timeout_seconds: 60, sections: ['e'] },
  ] as const;
  const turn = (stage: number | null) => ({
    stage,
    stages: stages.map((one) => ({ ...one, sections: [...one.sections] })),
  });

  it('are told with how they are written', () => {
    expect([null, 1, 2, 3].map((stage) => stageWords(turn(stage)))).toEqual([
      null,
      'Stage 1 of 3, one after another',
      'Stage 2 of 3, side by side',
      'Stage 3 of 3',
    ]);
  });

  it('count what the run writes in them', () => {
    const followed = [
      ['a', 'completed'],
      ['c', 'failed'],
      ['d', 'generating'],
    ].map(([sectionId, status]) => ({ sectionId, status }) as SectionState);
    expect(stagesOf(turn(1), followed)).toEqual([
      { number: 1, done: 1, total: 1 },
      { number: 2, done: 1, total: 2 },
    ]);
  });
});

describe('choices of a run', () => {
  it('travel in an address', () => {
    const choices = { mode: 'draft', documents: ['prd', 'tech_spec'] } as const;
    expect(choicesOf(queryOf(choices), 'prd')).toEqual(choices);
  });

  it('are the whole plan, or the one document, where an address says nothing', () => {
    expect(choicesOf('', 'prd')).toEqual({ mode: 'detailed', documents: ['prd', 'tech_spec', 'task_set'] });
    expect(choicesOf('?mode=x&documents=<b>', 'tech_spec')).toEqual({ mode: 'detailed', documents: ['tech_spec'] });
  });

  it('keep the chain whole', () => {
    expect(withDocument(['prd'], 'task_set', true)).toEqual(['prd', 'tech_spec', 'task_set']);
    expect(withDocument(['prd', 'tech_spec', 'task_set'], 'tech_spec', false)).toEqual(['prd']);
  });

  it('name kinds as people do', () => {
    expect([nameOfKind('prd'), nameOfKind('release_note')]).toEqual(['PRD', 'release note']);
  });
});

describe('a run that ended', () => {
  const of = (status: string, runStatus = status, done = 3, problem: object | null = null) =>
    endedWords({
      run: { status: runStatus, problem, error: null },
      document: { status, sections_completed: done, sections_total: 7 },
    } as unknown as RunOfDocument);

  it('says what is missing and what Retry does', () => {
    expect(of('partial', 'partial', 6).title).toBe('One section is missing.');
    expect(of('partial').title).toBe('4 sections are missing.');
    expect(of('cancelled').advice).toBe('3 of 7 sections are kept. Retry goes on where it stopped.');
    expect(of('cancelled', 'cancelled', 0).advice).toBe('Retry goes on where it stopped.');
    expect(of('failed', 'failed', 0, { title: 'No credit', advice: 'Add some.' }).advice).toBe(
      'No credit. Add some. Retry writes what is missing.',
    );
  });

  it('says it was stopped only where somebody stopped it', () => {
    expect(of('cancelled', 'partial', 0, { title: 'The PRD is partial', advice: 'Retry it.' })).toMatchObject({
      title: 'This document was not written.',
      advice: 'The PRD is partial. Retry it. Retry goes on where it stopped.',
    });
  });
});
