import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, onPage } from './src/browser.js';
import type { Platform } from './src/platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { holdSearch, listedRows, openProjects, searchField, typeAtOnce } from './src/web/project-list.js';
import { startWorkspace } from './src/web/workspace-platform.js';

const PAGE = 25;
const PLOTS = 27;

let platform: Platform;
let browser: Browser;
let client: Client;
beforeAll(async () => {
  // A run that is begun is under way until it is cancelled.
  platform = await startWorkspace({ PLANWRIGHT_OFFLINE_CHUNK_MS: '60000' });
  client = createClient({ url: platform.url });
  // The oldest: on no page that is there by itself.
  await client.projects.create({ name: 'Ökostrom', idea: 'Neighbours buy power that is 100% local.' });
  for (let n = 1; n <= PLOTS; n += 1) await client.projects.create({ name: `Plot ${n}`, idea: 'A garden.' });
  await client.projects.create({ name: 'Bees', idea: 'Honey.' });
  browser = await launchBrowser();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, 60_000);

const on = (work: (page: Page) => Promise<void>) => onPage(browser, { baseURL: platform.url }, work);

test('what is typed is searched for by the server, once, and what was there stays until it answers', async () => {
  await on(async (page) => {
    const asked = await openProjects(page);
    const [rows, field] = [listedRows(page), searchField(page)];
    expect(await rows.count()).toBe(PAGE);

    const held = await holdSearch(page, 'garden');
    await typeAtOnce(field, 'garden');
    await held.request;
    expect(await rows.count()).toBe(PAGE);

    // Other words come: the answer that is still awaited is given up.
    const givenUp = page.waitForEvent('requestfailed', (request) => request.url().endsWith('&q=garden'));
    await typeAtOnce(field, ' ÖKOSTROM ');
    await givenUp;
    await rows.filter({ hasText: 'Ökostrom' }).waitFor();
    expect(await rows.count()).toBe(1);
    held.release();

    await typeAtOnce(field, '100_ local');
    await page.getByText('No project says “100_ local”.').waitFor();
    expect(asked.searches).toEqual(['', 'garden', 'ÖKOSTROM', '100_ local']);
  });
}, 60_000);

test('what is found comes a page at a time, too', async () => {
  await on(async (page) => {
    await openProjects(page);
    const rows = listedRows(page);
    const bees = rows.filter({ hasText: 'Bees' });
    await searchField(page).fill('PLOT');
    await bees.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Load more' }).click();
    await rows.filter({ hasText: /^Plot 1A/ }).waitFor();
    expect(await rows.count()).toBe(PLOTS);
    await searchField(page).fill('');
    await bees.waitFor();
    expect(await rows.count()).toBe(PAGE);
  });
}, 60_000);

test('rows say what becomes of their newest run, by the list alone', async () => {
  const [project] = (await client.projects.list({ limit: 1 })).items;
  const run = await client.runs.start(project?.id ?? '', { documents: ['prd'], mode: 'draft' });
  await on(async (page) => {
    const asked = await openProjects(page);
    const rows = listedRows(page);
    await rows.first().getByText('0 of 7 sections').waitFor();
    expect(await rows.filter({ hasText: 'Not started' }).count()).toBe(PAGE - 1);
    await client.runs.cancel(run.id);
    await rows.first().getByText('Cancelled').waitFor();
    expect(new Set(asked.paths)).toEqual(new Set(['/v1/projects']));
  });
}, 60_000);

leaveNothingRunning();
