import type { SectionLook } from './shown-sections.js';

/** What is said of a section's state, to everybody. */
export const WORDS: Readonly<Record<SectionLook, string>> = {
  waiting: 'Waiting',
  coming: 'Generating…',
  writing: 'Writing',
  delayed: 'Delayed',
  done: 'Done',
  stale: 'Stale',
  failed: 'Failed',
  cancelled: 'Cancelled',
  none: 'Not written',
};

/** Sections whose text is there. */
export const isWritten = (look: SectionLook): boolean => look === 'done' || look === 'stale';
