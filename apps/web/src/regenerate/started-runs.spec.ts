import { afterEach, expect, it, jest } from '@jest/globals';
import type { StartedRun } from './started-runs.js';
import { startedRuns } from './started-runs.js';

const run = (runId: string, written: string[], affected: StartedRun['affected']): StartedRun => ({
  ...{ runId, projectId: 'p', about: 'section' },
  ...{ written, affected },
});

afterEach(() => {
  for (const { runId } of startedRuns.list()) startedRuns.forget(runId);
});

it('keeps runs in the order in which they were started, and forgets', () => {
  const told = jest.fn();
  const stop = startedRuns.subscribe(told);
  startedRuns.add(run('1', ['a'], []));
  startedRuns.add(run('2', ['b'], []));
  startedRuns.forget('1');
  expect(startedRuns.list().map(({ runId }) => runId)).toEqual(['2']);
  expect(told).toHaveBeenCalledTimes(3);
  stop();
  startedRuns.forget('2');
  expect(told).toHaveBeenCalledTimes(3);
});

it('takes a run that took on more sections for one, and asks about nothing that it writes', () => {
  startedRuns.add(run('1', ['a'], [{ document: 'prd', sections: ['b', 'c'] }]));
  startedRuns.add(
    run(
      '1',
      ['b'],
      [
        { document: 'prd', sections: ['c', 'd'] },
        { document: 'tech_spec', sections: ['t'] },
      ],
    ),
  );
  expect(startedRuns.list()).toEqual([
    {
      ...{ runId: '1', projectId: 'p', about: 'sections', written: ['a', 'b'] },
      affected: [
        { document: 'prd', sections: ['c', 'd'] },
        { document: 'tech_spec', sections: ['t'] },
      ],
    },
  ]);
});
