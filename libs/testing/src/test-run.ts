import { randomBytes } from 'node:crypto';

/** Set by Jest's global set-up; all workers of one run see the same. */
export const RUN_VARIABLE = 'PW_TEST_RUN';

/** The start in seconds, base 36, and four characters by chance. */
export function newTestRun(): string {
  return Math.floor(Date.now() / 1000).toString(36) + chance(4);
}

export function testRun(): string {
  const run = process.env[RUN_VARIABLE];
  if (!run) throw new Error(`${RUN_VARIABLE} is not set: run this under Jest, in the projects int or e2e`);
  return run;
}

/** A name that no other test file and no other test run has: `prefix`, the run, eight characters by chance. */
export function newTestName(prefix: string): string {
  return `${prefix}${testRun()}_${chance(8)}`;
}

/** Letters and digits only: these names stand in identifiers, queue names, routing keys and key patterns. */
function chance(length: number): string {
  return Array.from(randomBytes(length), (byte) => (byte % 36).toString(36)).join('');
}
