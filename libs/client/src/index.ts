export { createClient } from './client.js';
export type { ChangeOptions, Client, NewProject, NewRun, PageOptions } from './client.js';
export type { Followed, FollowOptions, Position } from './follow.js';
export { PlanwrightError, UnreachableError } from './problem-error.js';
export type { ClientOptions } from './request.js';
export { emptyRunView, isGap, reduceRun, sectionKey, viewOfSnapshot } from '@planwright/contracts/live';
export type { DocumentView, RunEnd, RunView, SectionView, StoredVersion } from '@planwright/contracts/live';
