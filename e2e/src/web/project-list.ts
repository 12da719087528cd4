import type { Locator, Page, Request } from 'playwright-core';
import { openScreen } from './screens.js';

const LIST = '/v1/projects';

/** What a page has asked the API for, in order. */
interface Asked {
  readonly paths: readonly string[];
  /** Words of each list of projects; empty where all were asked for. */
  readonly searches: readonly string[];
}

/** Opens the list of projects, and is back when there are some. */
export async function openProjects(page: Page): Promise<Asked> {
  const [paths, searches]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (!pathname.startsWith('/v1/')) return;
    paths.push(pathname);
    if (pathname === LIST) searches.push(searchParams.get('q') ?? '');
  });
  await openScreen(page, { path: '/', heading: 'Projects', shows: 'main li a[href^="/projects/"]' });
  return { paths, searches };
}

export const searchField = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search projects' });

export const listedRows = (page: Page): Locator =>
  page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ has: page.locator('a') });

/** Types faster than anybody can: letter by letter, and no timer of the page comes in between. */
export async function typeAtOnce(field: Locator, text: string): Promise<void> {
  await field.evaluate((element, letters) => {
    const input = element as unknown as { value: string; dispatchEvent(event: Event): boolean };
    // React hears of a value that was set past it.
    const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element) as object, 'value') ?? {};
    for (let length = 0; length <= letters.length; length += 1) {
      set?.call(input, letters.slice(0, length));
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }, text);
}

/** Holds a search on its way to the platform. */
export async function holdSearch(
  page: Page,
  words: string,
): Promise<{ readonly request: Promise<Request>; release(): void }> {
  const gate = Promise.withResolvers<void>();
  const request = Promise.withResolvers<Request>();
  const isIt = ({ pathname, searchParams }: URL) => pathname === LIST && searchParams.get('q') === words;
  await page.route(isIt, async (route) => {
    request.resolve(route.request());
    await gate.promise;
    // The page may have given it up.
    await route.continue().catch(() => undefined);
  });
  return { request: request.promise, release: () => gate.resolve() };
}
