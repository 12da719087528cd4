import type { Answer } from '@planwright/testing';
import type { Browser } from 'playwright-core';
import { HOSTILE_TEXTS } from '../../apps/web/src/markdown/hostile-texts.js';
import { launchBrowser, onPage } from '../src/browser.js';
import { startRun, untilEnded } from '../src/driver.js';
import { beforeAll, leaveNothingRunning, test } from '../src/test.js';
import { intrudersOf, poke, READING, watchForIntruders } from '../src/web/intruders.js';
import type { ProviderWorkspace } from '../src/web/provider-workspace.js';
import { sectionAskedFor, startProviderWorkspace } from '../src/web/provider-workspace.js';
import { planPath } from '../src/web/watched-run.js';

/** Blocks of the texts of sections, and of what is left of a text that was no use. */
const TEXTS = 'section[data-look] > div > div > div';
/** While the sanitiser reads, and takes out the beginning of a script. */
const READING_PIECES = [
  ...READING,
  /^logged This document requires 'TrustedScript' assignment\. .*\/assets\/markdown-/,
];
/** Sections of a draft, each with its share of the texts. */
const SECTIONS = 7;

let workspace: ProviderWorkspace;
let browser: Browser;
beforeAll(async () => {
  [workspace, browser] = await Promise.all([startProviderWorkspace(), launchBrowser()]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await workspace?.stop();
}, 60_000);

test('hostile texts that come in pieces are text at every moment', async () => {
  const { double, platform } = workspace;
  const titles: string[] = [];
  double.answerWith(({ prompt }): Answer => {
    const title = sectionAskedFor(prompt);
    if (!titles.includes(title)) titles.push(title);
    const share = HOSTILE_TEXTS.filter((_, index) => index % SECTIONS === titles.indexOf(title));
    const text = share.map(
      (hostile, index) => `Paragraph ${index} of ${title}, then ${hostile} in a line.\n\n${hostile}`,
    );
    return { text: text.join('\n\n'), tokensPerPiece: 2, pieceMs: 2 };
  });
  const { client, projectId, run } = await startRun(platform, { documents: ['prd'], mode: 'draft' });
  const dialogs: string[] = [];
  await onPage(browser, { baseURL: platform.url, mayLog: READING_PIECES }, async (page) => {
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const watched = await watchForIntruders(page, TEXTS);
    await page.goto(planPath(projectId));
    await page.getByRole('progressbar').waitFor();
    const ended = await untilEnded(client, run.id, 60_000);
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    const { looks, intruders } = await watched();
    expect(intruders).toEqual([]);
    // Every text was written, and the page was looked at often while it was.
    const written = double.journal.map(({ text }) => text).join('\n');
    expect(HOSTILE_TEXTS.filter((text) => !written.includes(text))).toEqual([]);
    console.info(`${looks} looks at the page; the run is ${ended.status}`);
    expect(looks).toBeGreaterThan(50);
    await poke(page, TEXTS);
    expect(await intrudersOf(page, TEXTS)).toEqual([]);
    // Had there been one, it would have been seen.
    await page.evaluate(`document.body.append(document.createElement('marquee'))`);
    expect((await watched()).intruders).toEqual([expect.stringContaining('<marquee>')]);
  });
  expect(dialogs).toEqual([]);
}, 90_000);

leaveNothingRunning();
