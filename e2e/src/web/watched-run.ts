import type { Page } from 'playwright-core';
import type { Started } from '../driver.js';
import { untilEnded } from '../driver.js';
import { inventedOn, knownOf, missingOn, shownOn, untilShown } from './shown-sections.js';

/** What a browser says of requests that do not get through. */
export const CUT_OFF = [/net::ERR_(CONNECTION|INTERNET|EMPTY|NETWORK|SOCKET)_/, /^logged WebSocket connection to/];

export const planPath = (projectId: string): string => `/projects/${projectId}/plan/prd`;

/** Opens the plan that a run writes, and is back when some of a text is there. */
export async function watchRun(page: Page, { projectId }: Started): Promise<void> {
  await page.goto(planPath(projectId));
  await page.locator('section[data-look="writing"]').first().waitFor();
}

/**
 * Does something to the page. Then it shows at least what was there before, and no more than there is. Answers how long it
 * took to, in ms.
 */
export async function catchesUp(page: Page, { client, run }: Started, act: () => Promise<unknown>): Promise<number> {
  const before = await knownOf(client, run.id);
  const from = performance.now();
  await act();
  await untilShown(page, before);
  const tookMs = Math.round(performance.now() - from);
  const shown = await shownOn(page);
  expect(inventedOn(shown, await knownOf(client, run.id))).toEqual([]);
  return tookMs;
}

/** At its end the page has the text of every section to the letter, drawn as what is stored is drawn. */
export async function endsExact(page: Page, { client, run }: Started): Promise<void> {
  expect(await untilEnded(client, run.id, 90_000)).toMatchObject({ status: 'succeeded' });
  await page.getByRole('progressbar').waitFor({ state: 'detached' });
  const known = await knownOf(client, run.id);
  await untilShown(page, known);
  const atEnd = await shownOn(page);
  await page.getByRole('link', { name: 'Version 1' }).click();
  await page.getByRole('heading', { level: 2, name: /version 1/ }).waitFor();
  const stored = await shownOn(page);
  expect(missingOn(withLook(stored, 'done'), known)).toEqual([]);
  expect(atEnd).toEqual(withLook(stored, 'done'));
}

const withLook = <Section extends object>(sections: Readonly<Record<string, Section>>, look: string) =>
  Object.fromEntries(Object.entries(sections).map(([id, section]) => [id, { ...section, look }]));
