import { describe, expect, it } from '@jest/globals';
import type { Schemas } from '@planwright/client';
import { newestRunOf, unfinishedRunOf, versionToShow, writingRunOf } from './shown-run.js';

type Run = Schemas['RunSummary'];
let minute = 60;
/** Runs come newest first: each is a minute older than the one before it. */
const run = (id: string, status: Run['status'], documents: Record<string, string>, kind: Run['kind'] = 'plan') =>
  ({
    id,
    kind,
    status,
    created_at: `2026-11-22T10:${String((minute -= 1)).padStart(2, '0')}:00Z`,
    documents: Object.entries(documents).map(([kind, status]) => ({ kind, status, version_id: `${id}-${kind}` })),
  }) as Run;
const version = (id: string, status: string, created_at = '2026-11-22T09:00:00Z') =>
  ({ id, status, created_at }) as Schemas['Version'];

describe('the run that writes a document', () => {
  it('is the older of two, for the newer one waits for it', () => {
    const runs = [run('new', 'queued', { prd: 'queued' }), run('old', 'running', { prd: 'generating' })];
    expect(writingRunOf(runs, 'prd')?.run.id).toBe('old');
  });

  it('is none once it has gone on to the next document', () => {
    const runs = [run('one', 'running', { prd: 'ready', tech_spec: 'generating' })];
    expect(writingRunOf(runs, 'prd')).toBeNull();
    expect(writingRunOf(runs, 'tech_spec')?.run.id).toBe('one');
  });

  it('is none that ended, wrote something else, or writes a feature', () => {
    const runs = [
      run('feature', 'running', { task_set: 'generating' }, 'feature'),
      run('failed', 'failed', { task_set: 'failed' }),
    ];
    expect(writingRunOf(runs, 'task_set')).toBeNull();
    expect(writingRunOf(runs, 'prd')).toBeNull();
    expect(newestRunOf(runs, 'task_set')?.run.id).toBe('failed');
  });
});

describe('a run that left something to do', () => {
  const failed = run('failed', 'failed', { prd: 'failed' });
  const earlier = run('earlier', 'succeeded', { prd: 'ready' });

  it('is the newest one only', () => {
    expect(unfinishedRunOf([failed, earlier], 'prd', version('v', 'ready'))?.run.id).toBe('failed');
    expect(unfinishedRunOf([earlier, failed], 'prd', version('v', 'ready'))).toBeNull();
    expect(unfinishedRunOf([], 'prd', null)).toBeNull();
  });

  it('is none once there is a newer version', () => {
    expect(unfinishedRunOf([failed], 'prd', version('v', 'ready', '2026-11-22T11:00:00Z'))).toBeNull();
  });

  it('shows what it wrote only where no whole version is there', () => {
    const unfinished = newestRunOf([failed], 'prd');
    expect(versionToShow(null, unfinished)).toBe('failed-prd');
    expect(versionToShow(version('v', 'partial'), unfinished)).toBe('failed-prd');
    expect(versionToShow(version('v', 'ready'), unfinished)).toBe('v');
    expect(versionToShow(null, null)).toBeNull();
  });
});
