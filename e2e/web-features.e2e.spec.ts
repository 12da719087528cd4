import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, onPage } from './src/browser.js';
import { IDEA, startRun, untilEnded } from './src/driver.js';
import type { Standalone } from './src/standalone.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import {
  addFeature,
  askOfProvider,
  featureDialog,
  featureItem,
  GENERATING,
  holdFeatures,
  openFeatures,
  refuseFeatureOnce,
  sendFeature,
  toastsAbout,
} from './src/web/feature-screen.js';
import { startWorkspace } from './src/web/workspace-platform.js';

let platform: Standalone;
let browser: Browser;
let client: Client;
const project = { id: '', name: IDEA.name };
beforeAll(async () => {
  platform = await startWorkspace({ PLANWRIGHT_OFFLINE_CHUNK_MS: '0' });
  const started = await startRun(platform, { mode: 'draft' });
  ({ client } = started);
  project.id = started.projectId;
  [browser] = await Promise.all([launchBrowser(), untilEnded(client, started.run.id, 60_000)]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, 60_000);

const on = (work: (page: Page) => Promise<void>, mayLog: readonly RegExp[] = []) =>
  onPage(browser, { baseURL: platform.url, mayLog }, work);
const featureOf = async (description: string) =>
  (await client.features.list(project.id)).items.find((feature) => feature.description === description);
const cardsOf = async (description: string) => {
  const id = (await featureOf(description))?.id;
  return (await client.tasks.list(project.id, { limit: 100 })).items.filter(({ feature_id }) => feature_id === id);
};
const toBoard = async (page: Page) => {
  await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'Board' }).click();
  await page.locator('li[data-card]').first().waitFor();
};

test('the toast is there and the dialog gone before the platform has answered; the page can be used meanwhile', async () => {
  const description = 'Members swap slots with each other.';
  await on(async (page) => {
    await openFeatures(page, project);
    const held = await holdFeatures(page);
    await addFeature(page, description);
    const toast = toastsAbout(page, description);
    await toast.getByText(GENERATING).waitFor();
    expect(await featureOf(description)).toBeUndefined();

    // Another screen, and a card that is edited and saved there, while the request is still on its way.
    await toBoard(page);
    const [card] = (await client.tasks.list(project.id)).items;
    await page.getByRole('article', { name: card?.key, exact: true }).getByRole('link').first().click();
    const editor = page.getByRole('dialog');
    await editor.getByLabel('Title').fill('Written while a feature is generated');
    await editor.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`${card?.key} is saved`).first().waitFor();
    expect(await client.tasks.get(card?.id ?? '')).toMatchObject({ title: 'Written while a feature is generated' });
    expect(held.requests).toHaveLength(1);
    expect(await toast.getByText(GENERATING).count()).toBe(1);
    held.release();
    await toast.getByText(/^Feature created!/).waitFor();
  });
}, 60_000);

test('the toast turns into how many tasks there are, and a board that is open shows them by itself', async () => {
  const description = 'Neighbours see which tools are free this weekend.';
  await on(async (page) => {
    await openFeatures(page, project);
    const held = await holdFeatures(page);
    await addFeature(page, description);
    await toBoard(page);
    const before = await page.locator('li[data-card]').count();
    const toast = toastsAbout(page, description);
    await toast.and(page.locator('[data-tone="busy"]')).waitFor();
    held.release();
    const success = toast.getByText(/^Feature created! \d+ tasks? added to your board$/);
    await success.waitFor();
    const said = await success.textContent();
    expect(await toast.count()).toBe(1);

    const cards = await cardsOf(description);
    const feature = await featureOf(description);
    expect(feature).toMatchObject({ status: 'completed', task_count: cards.length });
    expect(said).toBe(`Feature created! ${cards.length} tasks added to your board`);
    for (const { key } of cards) await page.locator(`li[data-card="${key}"]`).waitFor();
    expect(await page.locator('li[data-card]').count()).toBe(before + cards.length);

    // The toast leads to them.
    await toast.getByRole('link', { name: 'See the cards' }).click();
    await page.waitForURL(`**/board?feature=${feature?.id}`);
    await page.locator('li[data-card]').nth(cards.length).waitFor({ state: 'detached' });
    expect(await page.locator('li[data-card]').count()).toBe(cards.length);
  });
}, 60_000);

test('several features at once have a toast each, which ends by itself', async () => {
  const descriptions = ['A shelf tells when it is full.', 'A tool can be reported broken.', 'Two people share a key.'];
  await on(async (page) => {
    await openFeatures(page, project);
    const held = await holdFeatures(page);
    for (const description of descriptions) await addFeature(page, description);
    for (const description of descriptions) await toastsAbout(page, description).getByText(GENERATING).waitFor();
    expect(await page.locator('li[data-tone]').count()).toBe(descriptions.length);
    const ends = descriptions.map((description) =>
      toastsAbout(page, description)
        .getByText(/^Feature created!/)
        .waitFor(),
    );
    held.release();
    await Promise.all(ends);
    // Each is made once, and has its place in the history, where it says so.
    for (const description of descriptions) {
      const cards = await cardsOf(description);
      const item = featureItem(page, description);
      await item.getByText('Done', { exact: true }).waitFor();
      await item.getByRole('link', { name: `${cards.length} cards` }).waitFor();
      expect(await item.count()).toBe(1);
    }
  });
}, 60_000);

test('a feature that could not be sent says why; Retry has the text, and makes it once', async () => {
  const description = 'The caretaker is asked before a ladder is lent.';
  const detail = 'The queue can not be reached just now.';
  await on(
    async (page) => {
      await openFeatures(page, project);
      const keys = await refuseFeatureOnce(page, detail);
      await addFeature(page, description);
      const toast = toastsAbout(page, description);
      await toast.and(page.locator('[data-tone="bad"]')).getByText(detail).waitFor();
      expect(await featureOf(description)).toBeUndefined();

      await toast.getByRole('button', { name: 'Retry' }).click();
      expect(await featureDialog(page).getByLabel('Description').inputValue()).toBe(description);
      await sendFeature(page);
      await toast.getByText(/^Feature created!/).waitFor();
      expect(await toast.count()).toBe(1);
      // It is the same request: had the first one arrived after all, there would still be one feature.
      expect(keys).toEqual([expect.any(String), keys[0]]);
    },
    [/status of 503/],
  );
}, 60_000);

test('a feature that fails says why, stays in the history with its text, and Retry writes it', async () => {
  const description = 'Lenders get a reminder on the third day.';
  await on(async (page) => {
    await openFeatures(page, project);
    // A provider without a key fails as it would in earnest.
    await askOfProvider(page, '**/v1/projects/*/features', 'openai');
    await addFeature(page, description);
    const toast = toastsAbout(page, description);
    const failure = toast.and(page.locator('[data-tone="bad"]'));
    await failure.getByText('The feature could not be generated').waitFor();
    const failed = await featureOf(description);
    expect(failed).toMatchObject({ status: 'failed', error_message: expect.any(String) });
    await failure.getByText(failed?.error_message ?? '').waitFor();
    const item = featureItem(page, description);
    await item.getByText('Failed', { exact: true }).waitFor();
    await item.getByText(failed?.error_message ?? '').waitFor();

    // It is there for whoever comes later, too, and no news to them.
    await openFeatures(page, project);
    await item.getByText('Failed', { exact: true }).waitFor();
    expect(await toast.count()).toBe(0);
    await askOfProvider(page, '**/v1/features/*/retry', 'offline');
    await item.getByRole('button', { name: /^Retry/ }).click();
    await toast.getByText(/^Feature created!/).waitFor();
    await item.getByText('Done', { exact: true }).waitFor();
    expect(await cardsOf(description)).not.toEqual([]);
  });
}, 60_000);

test('a failed feature is tried again from its toast', async () => {
  const description = 'Tools have a picture each.';
  await on(async (page) => {
    await openFeatures(page, project);
    await askOfProvider(page, '**/v1/projects/*/features', 'openai');
    await askOfProvider(page, '**/v1/features/*/retry', 'offline');
    await addFeature(page, description);
    const toast = toastsAbout(page, description);
    await toast.and(page.locator('[data-tone="bad"]')).getByRole('button', { name: 'Retry' }).click();
    await toast.getByText(/^Feature created!/).waitFor();
    expect(await toast.count()).toBe(1);
  });
}, 60_000);

test('a feature that is cancelled from its toast says so, is kept, and can be tried again', async () => {
  const description = 'A code opens the shelf for an hour.';
  // It is written until somebody cancels it.
  await platform.restart({ PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: '600000' });
  client = createClient({ url: platform.url });
  await on(async (page) => {
    await openFeatures(page, project);
    await addFeature(page, description);
    const toast = toastsAbout(page, description);
    await toast.getByText('Generating spec...').waitFor();
    const item = featureItem(page, description);
    await item.getByText('Generating…', { exact: true }).waitFor();
    await toast.getByRole('button', { name: 'Cancel' }).click();
    await toast.getByText('The feature was cancelled').waitFor();
    expect(await featureOf(description)).toMatchObject({ status: 'failed' });
    await item.getByText('Cancelled', { exact: true }).waitFor();
    await toast.getByRole('button', { name: 'Retry' }).click();
    await toast.getByText(GENERATING).waitFor();
    await item.getByText('Generating…', { exact: true }).waitFor();
    expect(await featureOf(description)).toMatchObject({ error_message: null });
    expect(await toast.count()).toBe(1);
  });
}, 60_000);

leaveNothingRunning();
