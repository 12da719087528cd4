import { newId } from '@planwright/runtime';
import type { Scene } from '../verify-scene.js';

/** A fault in the scene, by SQL; `id` is of the row that has to be found. */
export interface Fault {
  /** The invariant that it breaks. */
  breaks: string;
  /** Which of several ways to break it. */
  how?: string;
  plant: (scene: Scene) => { id: string; sql: string };
}

export const fault = (breaks: string, plant: Fault['plant'], how?: string): Fault => ({
  breaks,
  plant,
  ...(how !== undefined && { how }),
});
/** A key or a check that would refuse the fault. */
export const without = (table: string, ...constraints: string[]): string =>
  constraints.map((name) => `ALTER TABLE ${table} DROP CONSTRAINT ${name};`).join(' ');
/** What makes a step one that is yet to be written. */
export const REOPEN = `status = 'queued', started_at = NULL, deadline = NULL, finished_at = NULL`;
/** Another workspace. */
export const OTHER_WORKSPACE = newId();
