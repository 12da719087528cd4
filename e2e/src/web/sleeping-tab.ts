import type { Page } from 'playwright-core';

/** Runs in the page, as text: notes the longest time that its timers stood still. */
const WATCH = `(() => {
  let last = performance.now();
  window.__longestPauseMs = 0;
  setInterval(() => {
    const now = performance.now();
    window.__longestPauseMs = Math.max(window.__longestPauseMs, now - last);
    last = now;
  }, 50);
})()`;

/** The same: what a page is told when it is no longer looked at, or is again. */
const tell = (state: 'hidden' | 'visible') => `(() => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' });
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${state === 'hidden'} });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
})()`;

/**
 * Does to the page what a browser does to a tab that nobody looks at for long: it is told so, and then nothing of it runs, no
 * timer, no frame and no message. A browser that is driven takes all its pages for looked at and freezes none by itself, so
 * the debugger holds it. Answers how to end that; its answer is the longest pause that the page noticed, in ms.
 */
export async function putToSleep(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(WATCH);
  await page.evaluate(tell('hidden'));
  const tab = await page.context().newCDPSession(page);
  await tab.send('Debugger.enable');
  await tab.send('Debugger.pause');
  return async () => {
    await tab.send('Debugger.disable');
    await page.evaluate(tell('visible'));
    return page.evaluate<number>('window.__longestPauseMs');
  };
}
