import { useSyncExternalStore } from 'react';
import type { StartedRun } from './started-runs.js';
import { startedRuns } from './started-runs.js';

/** Runs this page started, while something is to be asked about them. */
export const useStartedRuns = (): readonly StartedRun[] =>
  useSyncExternalStore(startedRuns.subscribe, startedRuns.list);
