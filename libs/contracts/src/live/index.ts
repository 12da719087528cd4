/** `@planwright/contracts/live`: what a browser needs to follow a run. Free of zod and of Node. */
export { isGap, reduceRun } from './reduce-run.js';
export { emptyRunView, sectionKey, viewOfSnapshot } from './run-view.js';
export type { DocumentView, RunEnd, RunView, SectionView, StoredVersion } from './run-view.js';
