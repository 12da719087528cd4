import type { Client } from '@planwright/client';
import { createClient } from '@planwright/client';
import { startTcpProxy } from '@planwright/testing';
import type { TcpProxy } from '@planwright/testing';
import type { Browser, Page } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser, onPage } from './src/browser.js';
import { startRun } from './src/driver.js';
import type { Platform } from './src/platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { barriers } from './src/web/axe.js';
import { lettersOf, shownOn } from './src/web/shown-sections.js';
import { catchesUp, CUT_OFF, endsExact, watchRun } from './src/web/watched-run.js';
import { startWorkspace } from './src/web/workspace-platform.js';

const LONG = process.env['TEST_LONG'] !== undefined;
const KEY = 'pw_test_first-key-of-default';
const WRONG = 'pw_test_nobody-has-this-key';
/** The platform looks at the keys of open connections every 30 s: a run that is watched that long needs its time. */
const CHUNK_MS = LONG ? 200 : 20;
/** A refused request is in the browser's log, too. */
const REFUSED = [/status of 401/, ...CUT_OFF];

let platform: Platform;
let browser: Browser;
let proxy: TcpProxy;
let admin: Client;
beforeAll(async () => {
  platform = await startWorkspace({
    PLANWRIGHT_AUTH: 'required',
    PLANWRIGHT_BOOTSTRAP_KEY: KEY,
    PLANWRIGHT_OFFLINE_CHUNK_MS: String(CHUNK_MS),
  });
  [browser, proxy] = await Promise.all([launchBrowser(), startTcpProxy(platform.url)]);
  admin = createClient({ url: platform.url, apiKey: KEY });
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await platform?.stop();
}, 60_000);

const on = (work: (page: Page) => Promise<void>) =>
  onPage(browser, { baseURL: `http://${proxy.host}:${proxy.port}`, mayLog: REFUSED }, work);
const signInOf = (page: Page) => page.getByRole('dialog', { name: /^Sign in/ });

async function enter(page: Page, key: string): Promise<void> {
  const dialog = signInOf(page);
  await dialog.getByLabel('API key').fill(key);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
}

async function signIn(page: Page, key: string): Promise<void> {
  await enter(page, key);
  await signInOf(page).waitFor({ state: 'detached' });
}

test('a wrong key is refused with why, a right one lets in and is kept in this tab alone', async () => {
  await on(async (page) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('websocket', (socket) => asked.push(socket.url()));
    await page.goto('/');
    await signInOf(page).getByText('This installation asks for an API key.').waitFor();
    expect(await barriers(page)).toEqual([]);
    // There is no way around it.
    expect(await signInOf(page).getByRole('button', { name: 'Close' }).count()).toBe(0);
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('Escape');
    await enter(page, WRONG);
    await signInOf(page)
      .getByText(/not known, was revoked or has expired/)
      .waitFor();
    expect(await signInOf(page).getByLabel('API key').inputValue()).toBe(WRONG);

    await signIn(page, KEY);
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    expect(await signInOf(page).count()).toBe(0);
    const kept = `({ session: { ...sessionStorage }, local: { ...localStorage }, cookies: document.cookie })`;
    expect(await page.evaluate(kept)).toEqual({ session: { 'planwright.key': KEY }, local: {}, cookies: '' });
    expect(asked.filter((url) => url.includes(KEY) || url.includes(WRONG))).toEqual([]);
    expect(page.url()).toBe(new URL('/', page.url()).href);

    // Another tab has none.
    const other = await page.context().newPage();
    await other.goto(page.url());
    await signInOf(other).waitFor();
    await other.close();

    await page.getByRole('button', { name: 'Appearance and session' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await signInOf(page).waitFor();
    expect(await page.evaluate(kept)).toEqual({ session: {}, local: {}, cookies: '' });
  });
}, 60_000);

interface End {
  what: string;
  /** Makes a key that somebody signs in with; answers how it comes to its end. */
  make(): Promise<{ key: string; end(): Promise<unknown> }>;
}

const ENDS: readonly End[] = [
  {
    what: 'is revoked',
    async make() {
      const { id, key } = await admin.apiKeys.create({ name: 'revoked', role: 'editor' });
      return { key, end: () => admin.apiKeys.revoke(id) };
    },
  },
  {
    what: 'expires',
    async make() {
      // Time enough to sign in with it.
      const expiresAt = Date.now() + 15_000;
      const { key } = await admin.apiKeys.create({
        ...{ name: 'expiring', role: 'editor', expires_at: new Date(expiresAt).toISOString() },
      });
      return { key, end: () => sleep(expiresAt - Date.now() + 100) };
    },
  },
];

// To the page they are the same: one of them is enough for `npm test`.
for (const { what, make } of ENDS.slice(0, LONG ? undefined : 1)) {
  test(`when a key ${what} while a run is watched, the page says so, and with another one goes on as it was`, async () => {
    const started = await startRun(platform, { documents: ['prd'], mode: 'draft' }, KEY);
    const { key, end } = await make();
    await on(async (page) => {
      await page.goto('/');
      await signIn(page, key);
      await watchRun(page, started);
      const address = page.url();
      const before = await shownOn(page);
      await end();
      // The platform ends such a connection within half a minute; a cut makes the page ask at once.
      if (!LONG) proxy.cut();
      await signInOf(page).getByText('Your key has expired or was revoked.').waitFor({ timeout: 45_000 });
      // Behind it is what was there, and stays.
      await sleep(1_000);
      const behind = await shownOn(page);
      for (const [id, { text }] of Object.entries(before)) {
        expect(lettersOf(behind[id]?.text ?? 'nothing')).toContain(lettersOf(text));
      }

      await catchesUp(page, started, () => signIn(page, KEY));
      expect(page.url()).toBe(address);
      await endsExact(page, started);
    });
  }, 150_000);
}

leaveNothingRunning();
