import type { Answer, Fault } from '@planwright/testing';
import { waitFor } from '@planwright/testing';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, onPage } from './src/browser.js';
import { startRun, untilEnded } from './src/driver.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { barriers } from './src/web/axe.js';
import type { ProviderWorkspace } from './src/web/provider-workspace.js';
import { sectionAskedFor, startProviderWorkspace, textAbout } from './src/web/provider-workspace.js';
import { knownOf, untilShown } from './src/web/shown-sections.js';
import { planPath } from './src/web/watched-run.js';

const [FAILING, DELAYED] = ['Goals and Objectives', 'Proposed Solution'];
/** What goes wrong with the first call for a section. */
const FIRST: Readonly<Record<string, Fault>> = {
  [FAILING]: { kind: 'filtered', afterPieces: 20 },
  [DELAYED]: { kind: 'error', error: 'rate_limit', headers: { 'retry-after': '8' } },
};

let workspace: ProviderWorkspace;
let browser: Browser;
beforeAll(async () => {
  [workspace, browser] = await Promise.all([startProviderWorkspace(), launchBrowser()]);
  const asked = new Set<string>();
  workspace.double.answerWith(({ prompt }): Answer => {
    const title = sectionAskedFor(prompt);
    const fault = asked.has(title) ? undefined : FIRST[title];
    asked.add(title);
    return { text: textAbout(title), tokensPerPiece: 10, pieceMs: 5, ...(fault && { fault }) };
  });
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await workspace?.stop();
}, 60_000);

const sectionOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const inOutline = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name });

/** Seconds that the page counts down to. */
async function secondsLeft(page: Page, name: string): Promise<number> {
  const [, minutes, seconds] = /Goes on in (\d+):(\d\d)/.exec(await sectionOf(page, name).innerText()) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

test('what fails and what waits is seen as it happens, with why and what to do; Retry writes what is missing', async () => {
  const started = await startRun(workspace.platform, { documents: ['prd'], mode: 'draft' });
  const { client, run, projectId } = started;
  await onPage(browser, { baseURL: workspace.platform.url }, async (page) => {
    await page.goto(planPath(projectId));
    const [failed, delayed] = [sectionOf(page, FAILING), sectionOf(page, DELAYED)];

    // While the run goes on: a section has failed, the next one waits.
    await delayed.and(page.locator('[data-look="delayed"]')).waitFor();
    await delayed.getByText('The provider asked us to slow down.').waitFor();
    const left = await secondsLeft(page, DELAYED);
    expect(left).toBeGreaterThan(0);
    await failed.and(page.locator('[data-look="failed"]')).waitFor();
    await failed.getByText('The provider declined to write this.').waitFor();
    await failed.getByText('You can retry it when the run has ended.').waitFor();
    await failed.getByText('What was written before it stopped:').waitFor();
    await failed.getByText(`Sentence 1 about ${FAILING}`).waitFor();
    expect(await failed.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    await inOutline(page, `Failed ${FAILING}`).waitFor();
    await inOutline(page, `Delayed ${DELAYED}`).waitFor();
    expect(await barriers(page)).toEqual([]);
    await waitFor(async () => (await secondsLeft(page, DELAYED)) < left, { what: 'the countdown to go on' });

    // It goes on by itself, to its end.
    await delayed.and(page.locator('[data-look="done"]')).waitFor();
    expect(await untilEnded(client, run.id, 60_000)).toMatchObject({ status: 'partial' });
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await page.getByText('One section is missing.', { exact: true }).waitFor();
    await page.getByText(/Retry writes what is missing and keeps the rest\.$/).waitFor();
    await failed.getByText('Rephrase the idea or the instructions, then retry.').waitFor();
    await failed.getByText(`Sentence 1 about ${FAILING}`).waitFor();
    await inOutline(page, `Done ${DELAYED}`).waitFor();
    expect(await barriers(page)).toEqual([]);

    // The section itself has the button; who presses it gets the rest.
    await failed.getByRole('button', { name: 'Retry' }).click();
    await failed.and(page.locator('[data-look="done"]')).waitFor();
    await page.getByText('One section is missing.').waitFor({ state: 'detached' });
    const [again] = (await client.runs.list(projectId)).items;
    expect(await untilEnded(client, again?.id ?? '', 60_000)).toMatchObject({ status: 'succeeded' });
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    await untilShown(page, await knownOf(client, again?.id ?? ''));
    // What was written without it is there as well, and may be outdated.
    const written = page.locator('section[data-look="done"], section[data-look="stale"]');
    expect(await written.count()).toBe(run.steps.length);
  });
}, 90_000);

leaveNothingRunning();
