import type { Locator, Page, Request } from 'playwright-core';
import { openScreen } from './screens.js';

export const GENERATING = "Generating feature in background. You'll be notified when ready!";
const ASKED = '**/v1/projects/*/features';

/** Opens the features of a project; `name` is its first heading. */
export const openFeatures = (page: Page, { id, name }: { id: string; name: string }): Promise<void> =>
  openScreen(page, { path: `/projects/${id}/features`, heading: name });

export const featureDialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Add feature' });

/** The toasts that are about a feature, by its description. */
export const toastsAbout = (page: Page, description: string): Locator =>
  page.locator('li[data-tone]').filter({ hasText: description });

/** The entry of the history, by its description. */
export const featureItem = (page: Page, description: string): Locator =>
  page.locator('li[data-feature]').filter({ hasText: description });

/** Asks for a feature as a person does, and is back when the dialog is gone. */
export async function addFeature(page: Page, description: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Add feature' }).click();
  await featureDialog(page).getByLabel('Description').fill(description);
  await sendFeature(page);
}

/** Sends what the dialog holds. */
export async function sendFeature(page: Page): Promise<void> {
  await featureDialog(page).getByRole('button', { name: 'Add feature' }).click();
  await featureDialog(page).waitFor({ state: 'detached' });
}

interface HeldRequests {
  /** Those that wait, in the order they were sent. */
  readonly requests: readonly Request[];
  /** Lets them and all later ones through. */
  release(): void;
}

/** Holds what asks for a feature on its way to the platform. */
export async function holdFeatures(page: Page): Promise<HeldRequests> {
  const requests: Request[] = [];
  const gate = Promise.withResolvers<void>();
  await page.route(ASKED, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    requests.push(route.request());
    await gate.promise;
    await route.continue();
  });
  return { requests, release: () => gate.resolve() };
}

/** Answers the next request for a feature in place of the platform: it has no room. Gives the keys of all that are sent. */
export async function refuseFeatureOnce(page: Page, detail: string): Promise<(string | undefined)[]> {
  const keys: (string | undefined)[] = [];
  await page.route(ASKED, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) return route.continue();
    const problem = { code: 'unavailable', status: 503, title: 'Not available', detail };
    await route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  return keys;
}

/** Has features asked for of another provider than the project's. */
export async function askOfProvider(page: Page, path: string, provider: string): Promise<void> {
  await page.route(path, async (route) => {
    const request = route.request();
    if (request.method() !== 'POST') return route.fallback();
    const body = (request.postData() ?? '') === '' ? {} : (request.postDataJSON() as object);
    const headers = { ...request.headers(), 'content-type': 'application/json' };
    await route.continue({ headers, postData: JSON.stringify({ ...body, provider }) });
  });
}
