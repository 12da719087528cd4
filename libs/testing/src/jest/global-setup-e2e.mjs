// Jest's global set-up for end-to-end tests: the services, and a browser.
import './run-sources.mjs';

export default async function globalSetup() {
  const { startTestRun } = await import('./test-services-of-run.ts');
  await startTestRun();
  const { provideChromium } = await import('../browser/chromium.ts');
  process.stderr.write(`${await provideChromium()}\n`);
}
