import { createClient } from '@planwright/client';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, onPage } from './src/browser.js';
import type { Standalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { barriers } from './src/web/axe.js';
import type { FinishedProject } from './src/web/finished-project.js';
import { finishProject } from './src/web/finished-project.js';
import { overflowAt } from './src/web/overflow.js';
import { EMPTY_SCREENS, openScreen, projectScreens } from './src/web/screens.js';
import type { Screen } from './src/web/screens.js';
import { startWorkspace } from './src/web/workspace-platform.js';

const NARROW = [375, 320];
/** `npm run test:long` looks at both. */
const THEMES = process.env['TEST_LONG'] ? (['light', 'dark'] as const) : (['dark'] as const);

let platform: Standalone;
let browser: Browser;
let project: FinishedProject;
beforeAll(async () => {
  platform = await startWorkspace();
  [browser, project] = await Promise.all([launchBrowser(), finishProject(platform.url)]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, 60_000);

/** What keeps people out, or scrolls sideways on a narrow display. */
async function faultsOf(page: Page): Promise<string[]> {
  const faults = await barriers(page);
  for (const width of NARROW) faults.push(...(await overflowAt(page, width)).map((fault) => `${width}: ${fault}`));
  return faults;
}

/** The faults of each of the screens that has any. */
async function found(
  screens: readonly Screen[],
  colorScheme: 'light' | 'dark',
  look: (page: Page) => Promise<string[]> = faultsOf,
): Promise<Record<string, string[]>> {
  const all: [string, string[]][] = [];
  await onPage(browser, { baseURL: platform.url, reducedMotion: 'reduce', colorScheme }, async (page) => {
    for (const screen of screens) {
      await page.setViewportSize({ width: 1_280, height: 900 });
      await openScreen(page, screen);
      all.push([screen.name, await look(page)]);
    }
  });
  return Object.fromEntries(all.filter(([, faults]) => faults.length > 0));
}

for (const colorScheme of THEMES) {
  test(`no screen keeps anybody out, or scrolls sideways on a narrow display, ${colorScheme}`, async () => {
    expect(await found([...EMPTY_SCREENS, ...projectScreens(project)], colorScheme)).toEqual({});
  }, 180_000);
}

test('nor does the plan keep anybody out while it is written', async () => {
  // Slow enough for it to be looked at, from the first words to the last look.
  await platform.restart({ PLANWRIGHT_OFFLINE_CHUNK_MS: '2000' });
  const client = createClient({ url: platform.url });
  const run = await client.runs.start(project.id, { documents: ['prd'], mode: 'draft' });
  const written: Screen = {
    ...{ name: 'PRD', path: `/projects/${project.id}/plan/prd`, heading: project.name },
    shows: 'section[data-look="writing"]',
  };
  const look = async (page: Page) => {
    const faults = await faultsOf(page);
    // It was still being written.
    await page.locator('section[data-look="writing"]').first().waitFor();
    return faults;
  };
  for (const colorScheme of THEMES) expect(await found([written], colorScheme, look)).toEqual({});
  await client.runs.cancel(run.id);
}, 60_000);

leaveNothingRunning();
