import { chromiumPath } from '@planwright/testing';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A real Chromium, without a window. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

export interface PageOptions extends BrowserContextOptions {
  /** Where the platform answers: paths are below it, and nothing else may be asked. */
  baseURL: string;
  /** Errors in the console that belong to the story, such as a refusal it asks for. */
  mayLog?: readonly RegExp[];
}

/**
 * Does the work on a page of its own, with storage of its own, and fails where the page did what it must not: log an error,
 * throw one, break its Content-Security-Policy, or ask another origin for anything.
 */
export async function onPage<T>(browser: Browser, options: PageOptions, work: (page: Page) => Promise<T>): Promise<T> {
  const { mayLog = [], ...context } = options;
  const opened = await browser.newContext({ locale: 'en-GB', ...context });
  try {
    const page = await opened.newPage();
    const faults = watch(page, new URL(options.baseURL));
    const bad = () => faults.filter((fault) => !mayLog.some((pattern) => pattern.test(fault)));
    const result = await work(page).catch((error: unknown) => {
      throw new Error([String(error), ...bad()].join('\n'), { cause: error });
    });
    if (bad().length > 0) throw new Error(`The page must not:\n${bad().join('\n')}`);
    return result;
  } finally {
    await opened.close();
  }
}

/** What the page does wrong, from now on, in words. */
function watch(page: Page, { host }: URL): string[] {
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`logged ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => void faults.push(`threw ${error.stack ?? error.message}`));
  const asked = (url: string) => {
    const { protocol, host: other } = new URL(url);
    if (!/^(data|blob|about):$/.test(protocol) && other !== host) faults.push(`asked ${url}`);
  };
  page.on('request', (request) => asked(request.url()));
  page.on('websocket', (socket) => asked(socket.url()));
  return faults;
}
