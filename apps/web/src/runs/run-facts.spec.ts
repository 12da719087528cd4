import { describe, expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { addressOf, costOf, durationOf, subjectOf, tokensOf } from './run-facts.js';

type Run = Schemas['RunSummary'];
const run = (fields: object, ...kinds: string[]) =>
  ({ project_id: 'p', kind: 'plan', documents: kinds.map((kind) => ({ kind })), ...fields }) as Run;

describe('a run in words', () => {
  it('says what it writes', () => {
    expect(subjectOf(run({}, 'prd', 'tech_spec', 'task_set'), [])).toBe('PRD, tech spec, and tasks');
    expect(subjectOf(run({ kind: 'sections' }, 'prd'), [])).toBe('Sections of PRD');
    expect(subjectOf(run({ kind: 'feature' }, 'feature_spec', 'task_set'), [])).toBe('Feature: feature spec and tasks');
  });

  it('leads to where that is read', () => {
    expect(addressOf(run({}, 'prd', 'task_set'))).toBe('/projects/p/plan/prd');
    expect(addressOf(run({}, 'task_set'))).toBe('/projects/p/board');
    expect(addressOf(run({ kind: 'feature' }, 'feature_spec'))).toBe('/projects/p/features');
  });

  it('says how long it took, and takes', () => {
    const started_at = '2026-11-22T10:00:00Z';
    expect(durationOf(run({ started_at: null, finished_at: null }), 0)).toBeNull();
    expect(durationOf(run({ started_at, finished_at: '2026-11-22T10:00:40Z' }), 0)).toBe('40 s');
    expect(durationOf(run({ started_at, finished_at: null }), Date.parse(started_at) + 120_000)).toBe('2 min');
  });

  it('says what it took', () => {
    expect(tokensOf(run({ usage: { input_tokens: 1_000, output_tokens: 500 } }))).toBe('1.5K tokens');
    expect(costOf(run({ cost: { amount: 0.05, unpriced_calls: 0 } }))).toBe('$0.05');
    expect(costOf(run({ cost: { amount: null, unpriced_calls: 2 } }))).toBe('price unknown');
    expect([tokensOf(run({ usage: null })), costOf(run({ cost: null }))]).toEqual([null, null]);
  });
});
