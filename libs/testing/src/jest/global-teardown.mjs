// Runs after the last test, failed ones included.
import './run-sources.mjs';

export default async function globalTeardown() {
  const { endTestRun } = await import('./test-services-of-run.ts');
  await endTestRun();
}
