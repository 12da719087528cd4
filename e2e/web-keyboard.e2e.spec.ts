import type { Browser, Page } from 'playwright-core';
import { launchBrowser, onPage } from './src/browser.js';
import type { Platform } from './src/platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { choose, press, reach } from './src/web/keyboard.js';
import { startWorkspace } from './src/web/workspace-platform.js';

let platform: Platform;
let browser: Browser;
beforeAll(async () => {
  platform = await startWorkspace({ PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: '150', PLANWRIGHT_OFFLINE_CHUNK_MS: '4' });
  browser = await launchBrowser();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, 60_000);

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const link = (page: Page, name: string | RegExp) => page.getByRole('main').getByRole('link', { name, exact: true });
/** The line that says who wrote a document, once it is finished. */
const written = (page: Page) => page.getByText(/^Last generated/).waitFor({ timeout: 60_000 });

test('the whole story, with the keyboard alone', async () => {
  // A section can't be written anew while the run before it writes: the dialog says so, and waits.
  const mayLog = [/409 \(Conflict\)/];
  await onPage(browser, { baseURL: platform.url, acceptDownloads: true, mayLog }, async (page) => {
    page.setDefaultTimeout(30_000);
    await page.goto('/');

    // A project of an idea.
    await press(page, link(page, 'New project'));
    await reach(page, page.getByLabel('Idea'));
    await page.keyboard.type('An app that lets neighbours share garden tools, with booking and reminders.');
    await reach(page, page.getByLabel('Name'));
    await page.keyboard.type('Garden tools');
    await reach(page, page.getByRole('radio', { name: /Detailed/ }));
    await page.keyboard.press('ArrowRight');
    await press(page, button(page, 'Create project'));

    // Its run: watched, cancelled, retried.
    await page.getByRole('heading', { name: 'Ready to start' }).waitFor();
    await page.getByText(/^about /).waitFor();
    await press(page, button(page, 'Start'));
    await page.getByText(/^Being written by offline/).waitFor();
    await press(page, button(page, 'Cancel'));
    await press(page, page.getByRole('main').getByRole('button', { name: 'Retry', exact: true }).first());
    await written(page);

    // A section anew, with a wish, and one that uses it.
    await choose(page, page.getByRole('button', { name: /^Actions for Goals/ }), 'Regenerate');
    const dialog = page.getByRole('dialog');
    await reach(page, dialog.getByLabel('Instructions (optional)'));
    await page.keyboard.type('Name numbers.');
    await press(page, dialog.getByRole('checkbox').first(), 'Space');
    await press(page, dialog.getByRole('button', { name: 'Regenerate', exact: true }));
    await dialog.waitFor({ state: 'detached' });
    // What else used it is asked about once it is written; this time, no.
    await press(page, dialog.getByRole('button', { name: 'Dismiss', exact: true }));

    // A card: edited, then moved.
    await press(page, link(page, 'Board'));
    const card = page.getByRole('article').first();
    const title = (await card.getByRole('heading').textContent()) ?? '';
    await press(page, card.getByRole('link').first());
    await reach(page, dialog.getByLabel('Title'));
    await page.keyboard.press('Control+A');
    await page.keyboard.type(`${title}, by hand`);
    await press(page, dialog.getByRole('button', { name: 'Save', exact: true }));
    await dialog.waitFor({ state: 'detached' });
    const edited = page.getByRole('article').filter({ hasText: 'by hand' });
    await choose(page, edited.getByRole('button').first(), 'In progress');
    await page
      .getByRole('region', { name: /In progress/ })
      .getByText('by hand')
      .waitFor();

    // Tasks anew: what a person wrote stays.
    await press(page, button(page, 'Regenerate Tasks'));
    await press(page, dialog.getByRole('button', { name: 'Regenerate', exact: true }));
    await dialog.waitFor({ state: 'detached' });
    await edited.waitFor();

    // Two versions compared, the older one made active.
    await press(page, link(page, 'PRD'));
    await written(page);
    await choose(page, page.getByRole('button', { name: /^More about the/ }), 'Version history');
    await press(page, page.getByRole('checkbox', { name: 'Compare version 3' }), 'Space');
    await press(page, page.getByRole('checkbox', { name: 'Compare version 2' }), 'Space');
    await press(page, link(page, /^Compare \d and \d$/));
    await page.getByText('Name numbers').or(page.locator('ins, del').first()).first().waitFor();
    await page.goBack();
    await press(page, button(page, 'Make active: version 2'));
    await press(page, dialog.getByRole('button', { name: /active/ }).last());
    await dialog.waitFor({ state: 'detached' });
    await button(page, 'Make active: version 3').waitFor();

    // A feature, in the background.
    await press(page, link(page, 'Features'));
    await press(page, button(page, 'Add feature'));
    await page.keyboard.type('Reminders by text message on the day before.');
    await press(page, dialog.getByRole('button', { name: 'Add feature', exact: true }));
    await page.getByText("Generating feature in background. You'll be notified when ready!", { exact: true }).waitFor();
    await page
      .getByText(/^Feature created! \d+ tasks added to your board$/)
      .first()
      .waitFor({ timeout: 60_000 });

    // And all of it as a file.
    const download = page.waitForEvent('download');
    await choose(page, button(page, 'Export'), 'Markdown');
    expect((await download).suggestedFilename()).toMatch(/\.md$/);
  });
}, 240_000);

leaveNothingRunning();
