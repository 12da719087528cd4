/** Reasons of a delay that is for another section of the run: people see such a section as one whose turn has not come. */
export const isForAnotherSection = (reason: string | null): boolean => reason === 'inputs' || reason === 'prefix_cache';

const SENTENCES: Readonly<Record<string, string>> = {
  quota: 'Waiting for room in the provider’s limits',
  concurrency: 'Waiting until the provider has a free call',
  workspace_share: 'Waiting for this workspace’s share of the provider',
  budget: 'Waiting until reserved budget is free again',
  rate_limited: 'The provider asked us to slow down',
  overloaded: 'The provider is overloaded',
  server_error: 'The provider had an error',
  timeout: 'The provider did not answer in time',
  connection: 'The connection to the provider broke',
  truncated: 'The text was cut off, and is written again',
  malformed: 'The answer was no usable text, and is written again',
};

/** Why a section waits, in words. */
export const reasonOf = (reason: string | null): string => SENTENCES[reason ?? ''] ?? 'Waiting for the provider';

/** `next in line`, `3rd in line`; nothing where there is no line. */
export function placeInLine(position: number | null): string | null {
  if (position === null || position < 1) return null;
  if (position === 1) return 'next in line';
  const tens = position % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][position % 10] ?? 'th');
  return `${position}${ending} in line`;
}
