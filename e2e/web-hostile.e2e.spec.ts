import { createClient } from '@planwright/client';
import type { PlanBundle } from '@planwright/contracts';
import type { Browser, Page } from 'playwright-core';
import { EVIL, HOSTILE_TEXTS } from '../apps/web/src/markdown/hostile-texts.js';
import { launchBrowser, onPage } from './src/browser.js';
import type { PageOptions } from './src/browser.js';
import { untilEnded } from './src/driver.js';
import type { Platform } from './src/platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { bundleOf } from './src/web/hostile-bundle.js';
import { intrudersOf, poke, READING } from './src/web/intruders.js';
import { startWorkspace } from './src/web/workspace-platform.js';

/** Sections by hostile hands, without the heads that the page gives them. */
const SECTIONS = 'section[id^="hostile_"] > :not(header, h3)';

let platform: Platform;
let browser: Browser;
/** A project whose every text is hostile. */
let projectId: string;
beforeAll(async () => {
  platform = await startWorkspace();
  browser = await launchBrowser();
  const client = createClient({ url: platform.url });
  const empty = await client.projects.create({ name: 'Empty', idea: 'Nothing yet' });
  const exported = await client.projects.export(empty.id, { format: 'json' });
  const { columns } = JSON.parse(await exported.text()) as PlanBundle;
  projectId = (await client.projects.import(bundleOf(HOSTILE_TEXTS, columns))).id;
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, 60_000);

/** Looks at screens on one page; a dialog of the browser is a fault. */
async function look(work: (page: Page) => Promise<void>, options: Partial<PageOptions> = {}): Promise<void> {
  const dialogs: string[] = [];
  await onPage(browser, { baseURL: platform.url, mayLog: READING, ...options }, async (page) => {
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await work(page);
  });
  expect(dialogs).toEqual([]);
}

async function isHarmless(page: Page, texts: string): Promise<void> {
  await poke(page, texts);
  expect(await intrudersOf(page, texts)).toEqual([]);
}

test('drawn without care, the same texts would run', async () => {
  const context = await browser.newContext();
  try {
    await context.route('**', (route) => route.abort());
    const page = await context.newPage();
    const texts = HOSTILE_TEXTS.filter((text) => !text.startsWith('<meta'));
    const inner = JSON.stringify(texts.map((text) => `<div class="text">${text}</div>`));
    await page.evaluate(`for (const html of ${inner}) {
      const place = document.body.appendChild(document.createElement('div'));
      place.innerHTML = html;
    }`);
    await page.waitForFunction('window.__hacked === 1');
    expect((await intrudersOf(page, '.text')).length).toBeGreaterThan(50);
  } finally {
    await context.close();
  }
}, 30_000);

// Also where the browser would allow everything: either of the two defences is enough.
for (const bypassCSP of [false, true]) {
  test(`a plan of hostile texts is text, ${bypassCSP ? 'without' : 'with'} a policy of the browser`, async () => {
    await look(
      async (page) => {
        await page.goto(`/projects/${projectId}/plan/prd`);
        await page.locator(`#hostile_${HOSTILE_TEXTS.length - 1}`).waitFor();
        expect(await page.locator('section[id^="hostile_"]').count()).toBe(HOSTILE_TEXTS.length);
        await isHarmless(page, SECTIONS);
        await page.getByRole('link', { name: 'Version 1' }).click();
        await page.getByRole('heading', { level: 2, name: /version 1/ }).waitFor();
        expect(await page.locator('section[id^="hostile_"]').count()).toBe(HOSTILE_TEXTS.length);
        await isHarmless(page, SECTIONS);
      },
      { bypassCSP },
    );
  }, 60_000);
}

test('links lead out of the page without a way back', async () => {
  await look(async (page) => {
    const asked: string[] = [];
    // Nobody is asked: who would be, is noted.
    await page.context().route(
      ({ host }) => host !== new URL(platform.url).host,
      (route) => {
        asked.push(route.request().headers()['referer'] ?? 'nobody');
        return route.fulfill({ contentType: 'text/html', body: '<title>elsewhere</title>' });
      },
    );
    await page.goto(`/projects/${projectId}/plan/prd`);
    const links = page.locator(SECTIONS).locator(`a[href^="${EVIL}"], a[href^="https://good.example"]`);
    await links.first().waitFor();
    const each = await links.all();
    for (const link of [each[0], each[Math.floor(each.length / 2)], each.at(-1)]) {
      const [opened] = await Promise.all([page.context().waitForEvent('page'), link!.click()]);
      await opened.waitForLoadState();
      expect(await opened.evaluate('window.opener')).toBeNull();
      await opened.close();
    }
    expect(asked).toEqual(['nobody', 'nobody', 'nobody']);
    // What had an address that runs has none.
    await page.locator(SECTIONS).locator('a:not([href])').first().click();
    expect(page.context().pages()).toHaveLength(1);
    expect(await page.evaluate('window.__hacked')).toBeUndefined();
  });
}, 60_000);

test('cards, features and details of hostile texts are text', async () => {
  await look(async (page) => {
    await page.goto(`/projects/${projectId}/board`);
    const cards = page.locator('[data-card]');
    await cards.first().waitFor();
    expect(await cards.count()).toBe(HOSTILE_TEXTS.length);
    expect(await cards.first().locator('h3').textContent()).toBe(HOSTILE_TEXTS[0]);
    await isHarmless(page, '[data-card] h3');
    for (const [index] of HOSTILE_TEXTS.entries()) {
      if (index % 40 !== 0) continue;
      await page.goto(`/projects/${projectId}/board?card=T-${index + 1}`);
      await page.getByRole('dialog').getByRole('button', { name: 'Save' }).waitFor();
      await isHarmless(page, 'dialog h2');
    }
    await page.goto(`/projects/${projectId}/features`);
    await page.getByRole('heading', { level: 2, name: 'Features' }).waitFor();
    await isHarmless(page, 'main li p');
    for (const path of ['details', 'runs']) {
      await page.goto(`/projects/${projectId}/${path}`);
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      await isHarmless(page, 'main p');
    }
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await isHarmless(page, 'main p');
  });
}, 60_000);

test('while a run writes of a hostile idea, and in the comparison with what was', async () => {
  const client = createClient({ url: platform.url });
  await look(async (page) => {
    await page.goto(`/projects/${projectId}/plan/prd`);
    await page.locator('#hostile_0').waitFor();
    const run = await client.runs.start(projectId, { documents: ['prd'], mode: 'draft' });
    await page.getByRole('progressbar').waitFor();
    await isHarmless(page, 'section[data-look] > :not(header)');
    expect(await untilEnded(client, run.id, 60_000)).toMatchObject({ status: 'succeeded' });
    const document = await client.documents.get(run.documents[0]!.id);
    const first = (await client.documents.versions(document.id)).items.at(-1);
    await page.goto(
      `/projects/${projectId}/documents/${document.id}/compare/${first!.id}/${document.active_version!.id}`,
    );
    const gone = page.locator('main del');
    await gone.first().waitFor();
    expect(await gone.count()).toBeGreaterThanOrEqual(HOSTILE_TEXTS.length);
    await isHarmless(page, 'main del, main ins');
    await page.getByLabel('Side by side').check();
    await isHarmless(page, 'main del, main ins');
  });
}, 90_000);

leaveNothingRunning();
