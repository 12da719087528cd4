import type { Browser, Page } from 'playwright-core';
import { launchBrowser, onPage } from './src/browser.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { barriers } from './src/web/axe.js';
import { press } from './src/web/keyboard.js';
import { openScreen } from './src/web/screens.js';
import { startWorkspace } from './src/web/workspace-platform.js';
import type { Platform } from './src/platform.js';

let platform: Platform;
let browser: Browser;
beforeAll(async () => {
  platform = await startWorkspace();
  browser = await launchBrowser();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, 60_000);

const on = (work: (page: Page) => Promise<void>) => onPage(browser, { baseURL: platform.url }, work);

test('whoever comes first finds a page that says how to begin', async () => {
  await on(async (page) => {
    await openScreen(page, { path: '/', heading: 'Projects' });
    expect(await page.title()).toMatch(/Planwright$/);
    const main = page.getByRole('main');
    // The empty state: what it is about, and the way to a first project.
    await main.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await main.locator('a[href="/projects/new"]').count()).toBeGreaterThan(0);
  });
}, 60_000);

test('a new project is within reach of the keyboard', async () => {
  await on(async (page) => {
    await openScreen(page, { path: '/', heading: 'Projects' });
    await press(page, page.locator('main a[href="/projects/new"]').first());
    await page.waitForURL('**/projects/new');
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The keyboard goes on in the new screen.
    await page.locator('main:focus, main :focus').first().waitFor();
  });
}, 60_000);

for (const colorScheme of ['light', 'dark'] as const) {
  test(`nobody is kept out from where there is nothing yet, ${colorScheme}`, async () => {
    await onPage(browser, { baseURL: platform.url, colorScheme }, async (page) => {
      await openScreen(page, { path: '/', heading: 'Projects' });
      expect(await barriers(page)).toEqual([]);
    });
  }, 60_000);
}

leaveNothingRunning();
