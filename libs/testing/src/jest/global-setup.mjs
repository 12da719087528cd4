// Jest's global set-up for the projects that need real services. It runs once per `jest` command, before the workers
// are made, and not at all where only unit tests run.
import './run-sources.mjs';

export default async function globalSetup() {
  const { startTestRun } = await import('./test-services-of-run.ts');
  await startTestRun();
}
