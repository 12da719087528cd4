import { startTcpProxy, waitFor } from '@planwright/testing';
import type { TcpProxy } from '@planwright/testing';
import type { Browser, Page } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser, onPage } from './src/browser.js';
import { seededRandom } from './src/chaos/random.js';
import type { Started } from './src/driver.js';
import { startRun } from './src/driver.js';
import type { Platform } from './src/platform.js';
import { beforeAll, leaveNothingRunning, test } from './src/test.js';
import { putToSleep } from './src/web/sleeping-tab.js';
import { knownOf, missingOn, shownOn } from './src/web/shown-sections.js';
import { catchesUp, CUT_OFF, endsExact, planPath, watchRun } from './src/web/watched-run.js';
import { startWorkspace } from './src/web/workspace-platform.js';

const LONG = process.env['TEST_LONG'] !== undefined;
const RELOADS = LONG ? 20 : 6;
const CUT_MS = LONG ? 10_000 : 3_000;
const HIDDEN_MS = LONG ? 60_000 : 5_000;
/** Between two pieces of a text: a run takes about 400 of them. */
const CHUNK_MS = LONG ? 200 : 12;

let platform: Platform;
let browser: Browser;
let proxies: TcpProxy[];
beforeAll(async () => {
  platform = await startWorkspace({ PLANWRIGHT_OFFLINE_CHUNK_MS: String(CHUNK_MS) });
  browser = await launchBrowser();
  proxies = await Promise.all([1, 2].map(() => startTcpProxy(platform.url)));
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await Promise.all((proxies ?? []).map((proxy) => proxy.close()));
  await platform?.stop();
}, 60_000);

const startDraft = (): Promise<Started> => startRun(platform, { documents: ['prd'], mode: 'draft' });
const on = (work: (page: Page) => Promise<void>) => onPage(browser, { baseURL: platform.url }, work);

/** Back when so many sections of the run are done, or it has none left to do. */
const untilDone = ({ client, run }: Started, sections: number) =>
  waitFor(
    async () => {
      const { documents, status } = await client.runs.get(run.id);
      return status === 'succeeded' || (documents[0]?.sections_completed ?? 0) >= sections;
    },
    { what: `${sections} sections to be done`, timeoutMs: 60_000 },
  );

test('whenever the page is loaded anew, it shows where the run is', async () => {
  const started = await startDraft();
  const random = seededRandom('reloads');
  const sections = started.run.steps.length;
  const moments = Array.from({ length: RELOADS }, () => random.next() * (sections - 1)).toSorted((a, b) => a - b);
  const tookMs: number[] = [];
  const wasWritten: number[] = [];
  await on(async (page) => {
    for (const [index, moment] of moments.entries()) {
      await untilDone(started, Math.floor(moment));
      await sleep((moment % 1) * CHUNK_MS * 40);
      const known = Object.values(await knownOf(started.client, started.run.id));
      wasWritten.push(known.filter(({ status }) => status === 'completed').length);
      const load = () =>
        index === 0
          ? page.goto(planPath(started.projectId), { waitUntil: 'commit' })
          : page.reload({ waitUntil: 'commit' });
      tookMs.push(await catchesUp(page, started, load));
    }
    await endsExact(page, started);
  });
  console.info(`right ${Math.max(...tookMs)} ms after it was loaded at the latest; each: ${tookMs.join(', ')}`);
  // It was loaded while the run was under way, here and there.
  expect(new Set(wasWritten).size).toBeGreaterThan(2);
}, 180_000);

interface Cut {
  /** Nothing gets through from now on. */
  begin(page: Page, proxy: TcpProxy): Promise<void>;
  end(page: Page, proxy: TcpProxy): Promise<void>;
  /** What the page says meanwhile. */
  says: RegExp[];
}

const CUTS: readonly Cut[] = [
  {
    // The device itself has no network, and says so to the page.
    begin: async (page, proxy) => {
      await page.context().setOffline(true);
      proxy.refuse();
    },
    end: async (page, proxy) => {
      proxy.resume();
      await page.context().setOffline(false);
    },
    // Its sockets may stay as if nothing were wrong.
    says: [/^You are offline\./],
  },
  {
    // It has, but the platform can't be reached.
    begin: async (_page, proxy) => proxy.refuse(),
    end: async (_page, proxy) => proxy.resume(),
    says: [/^Reconnecting…/],
  },
];

async function survives(page: Page, started: Started, cut: Cut, proxy: TcpProxy): Promise<void> {
  await watchRun(page, started);
  await cut.begin(page, proxy);
  const over = sleep(CUT_MS);
  for (const words of cut.says) await page.getByText(words).waitFor();
  await over;
  // The run went on without the page.
  expect(missingOn(await shownOn(page), await knownOf(started.client, started.run.id))).not.toEqual([]);
  await catchesUp(page, started, () => cut.end(page, proxy));
  for (const words of cut.says) await page.getByText(words).waitFor({ state: 'detached' });
  await endsExact(page, started);
}

test('a page whose network is cut while it watches a run says so, and catches up', async () => {
  const started = await startDraft();
  await Promise.all(
    CUTS.map((cut, index) => {
      const proxy = proxies[index];
      if (!proxy) throw new Error('each cut has a proxy of its own');
      const baseURL = `http://${proxy.host}:${proxy.port}`;
      return onPage(browser, { baseURL, mayLog: CUT_OFF }, (page) => survives(page, started, cut, proxy));
    }),
  );
}, 180_000);

test('a tab that was asleep while a run wrote shows all of it when it is looked at again', async () => {
  const started = await startDraft();
  await on(async (page) => {
    await watchRun(page, started);
    const wake = await putToSleep(page);
    await sleep(HIDDEN_MS);
    await catchesUp(page, started, async () => {
      // It did sleep.
      expect(await wake()).toBeGreaterThan(HIDDEN_MS / 2);
    });
    await endsExact(page, started);
  });
}, 180_000);

leaveNothingRunning();
