import type { Client, Schemas } from '@planwright/client';
import { waitFor } from '@planwright/testing';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, onPage } from './src/browser.js';
import { IDEA, startRun, untilEnded } from './src/driver.js';
import type { Platform } from './src/platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { cardDialog, cardOf, columnOf, dragCard, openBoard, openCard } from './src/web/board-screen.js';
import { chooseByKeyboard, press } from './src/web/keyboard.js';
import { openScreen } from './src/web/screens.js';
import { startWorkspace } from './src/web/workspace-platform.js';

type Task = Schemas['Task'];

let platform: Platform;
let browser: Browser;
let client: Client;
const project = { id: '', name: IDEA.name };
/** Keys of the first column, of another one, and the other one's title. */
let [first, other, otherTitle] = ['', '', ''];
beforeAll(async () => {
  platform = await startWorkspace({ PLANWRIGHT_OFFLINE_CHUNK_MS: '0' });
  const started = await startRun(platform, { mode: 'draft' });
  ({ client } = started);
  project.id = started.projectId;
  [browser] = await Promise.all([launchBrowser(), untilEnded(client, started.run.id, 60_000)]);
  const { columns } = await client.columns.get(project.id);
  [first, other, otherTitle] = [columns[0]?.key ?? '', columns[1]?.key ?? '', columns[1]?.title ?? ''];
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
}, 60_000);

const on = (work: (page: Page) => Promise<void>, mayLog: readonly RegExp[] = []) =>
  onPage(browser, { baseURL: platform.url, mayLog }, work);
const cardsIn = async (status: string) => {
  const { items } = await client.tasks.list(project.id, { limit: 100 });
  return items.filter((task) => task.status === status);
};
/** A card of the first column. */
async function aCard(): Promise<Task> {
  const [card] = await cardsIn(first);
  if (!card) throw new Error(`there is no card in ${first}`);
  return card;
}
const untilIn = (id: string, status: string) =>
  waitFor(async () => (await client.tasks.get(id)).status === status, { what: `card ${id} to be in ${status}` });
const keysOf = (page: Page, status: string) =>
  columnOf(page, status)
    .locator('li[data-card]')
    .evaluateAll((cards) => (cards as unknown as { dataset: { card: string } }[]).map(({ dataset }) => dataset.card));

test('a card that is dragged to another column, and beside a card there, stays where it was dropped', async () => {
  const [one, two] = await cardsIn(first);
  if (!one || !two) throw new Error('two cards are wanted');
  await on(async (page) => {
    await openBoard(page, project);
    await dragCard(page, one.key, columnOf(page, other), 'bottom');
    await cardOf(columnOf(page, other), one.key).waitFor();
    await untilIn(one.id, other);

    await dragCard(page, two.key, cardOf(page, one.key), 'top');
    await cardOf(columnOf(page, other), two.key).waitFor();
    await untilIn(two.id, other);
    expect((await keysOf(page, other)).slice(-2)).toEqual([two.key, one.key]);
    await openBoard(page, project);
    expect((await keysOf(page, other)).slice(-2)).toEqual([two.key, one.key]);
    expect(await cardOf(page, one.key).count()).toBe(1);
  });
}, 60_000);

test('a card is moved by the keyboard, which stays on it', async () => {
  const card = await aCard();
  const last = await client.tasks.create(project.id, { title: 'There before', status: other });
  await on(async (page) => {
    await openBoard(page, project);
    const button = `[data-move="${card.id}"]`;
    await press(page, page.locator(button));
    await chooseByKeyboard(page, otherTitle);
    await columnOf(page, other).locator(`${button}:focus`).waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: `${card.key} moved to ${otherTitle}, place` })
      .waitFor();
    await untilIn(card.id, other);
    // It goes on there: up by one.
    await page.keyboard.press('Enter');
    await chooseByKeyboard(page, 'Up');
    const isUp = async () => (await keysOf(page, other)).slice(-2).join() === [card.key, last.key].join();
    await waitFor(isUp, { what: 'the card to be one up' });
    await page.locator(`${button}:focus`).waitFor();
  });
}, 60_000);

test('what another client does shows by itself', async () => {
  await on(async (page) => {
    await openBoard(page, project);
    let task = await client.tasks.create(project.id, { title: 'Made elsewhere', status: first });
    const card = cardOf(page, task.key);
    await card.getByRole('link', { name: 'Made elsewhere' }).waitFor();
    task = await client.tasks.move(task, { status: other });
    await cardOf(columnOf(page, other), task.key).waitFor();
    // The card is open, and nobody has typed anything: it follows.
    const dialog = await openCard(page, task.key);
    task = await client.tasks.update(task, { title: 'Renamed elsewhere' });
    await waitFor(async () => (await dialog.getByLabel('Title').inputValue()) === task.title, {
      what: 'the new title',
    });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await client.tasks.delete(task);
    await card.waitFor({ state: 'detached' });
  });
}, 60_000);

test('two people who change other fields of a card both keep what they wrote', async () => {
  const card = await aCard();
  await on(
    async (page) => {
      await openBoard(page, project);
      const dialog = await openCard(page, card.key);
      await dialog.getByLabel('Title').fill('Title of the page');
      await client.tasks.update(card, { description: 'Description of somebody else.' });
      await dialog.getByText('Somebody else has changed this card while you edit it: Description.').waitFor();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      const expected = { title: 'Title of the page', description: 'Description of somebody else.' };
      expect(await client.tasks.get(card.id)).toMatchObject(expected);
    },
    [/status of 412/],
  );
}, 60_000);

test('two people who change the same fields are shown both sides, and lose nothing', async () => {
  const card = await aCard();
  await on(
    async (page) => {
      await openBoard(page, project);
      const dialog = await openCard(page, card.key);
      await dialog.getByLabel('Title').fill('My title');
      await dialog.getByLabel('Description').fill('My description.');
      const theirs = { title: 'Their title', description: 'Their description.', estimate: 13 };
      await client.tasks.update(card, theirs);
      await dialog.getByRole('button', { name: 'Save' }).click();

      const conflicts = dialog.getByRole('region', { name: 'Changed by two people' });
      for (const [name, mine, other] of [
        ['Title', 'My title', 'Their title'],
        ['Description', 'My description.', 'Their description.'],
      ] as const) {
        const group = conflicts.getByRole('group', { name });
        await group.getByText(mine, { exact: true }).waitFor();
        await group.getByText(other, { exact: true }).waitFor();
      }
      // Nothing is sent before everything is decided; what only they changed is taken.
      expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
      expect(await dialog.getByLabel('Estimate').inputValue()).toBe('13');
      expect(await client.tasks.get(card.id)).toMatchObject(theirs);
      await conflicts.getByRole('group', { name: 'Title' }).getByLabel('Keep mine').check();
      await conflicts.getByRole('group', { name: 'Description' }).getByLabel('Take theirs').check();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await client.tasks.get(card.id)).toMatchObject({ ...theirs, title: 'My title' });
      await cardOf(page, card.key).getByRole('link', { name: 'My title' }).waitFor();
    },
    [/status of 412/],
  );
}, 60_000);

test('an address opens its card, on the board or off it, and says so where there is none', async () => {
  const card = await aCard();
  const gone = await client.tasks.create(project.id, { title: 'Deleted before', status: first });
  await client.tasks.delete(gone);
  await on(async (page) => {
    await openBoard(page, project, card.key);
    const dialog = cardDialog(page, card.key);
    expect(await dialog.getByLabel('Title').inputValue()).toBe(card.title);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('');
    await openCard(page, card.key);
    await page.waitForURL(`**/board?card=${card.key}`);
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });

    await openBoard(page, project, gone.key);
    await cardDialog(page, gone.key).getByRole('button', { name: 'Restore' }).click();
    await cardOf(columnOf(page, first), gone.key).waitFor();
    await openScreen(page, { path: `/projects/${project.id}/board?card=T-9999`, heading: project.name });
    await page.getByRole('dialog').getByText('There is no card T-9999 in this project.').waitFor();
  });
}, 60_000);

leaveNothingRunning();
