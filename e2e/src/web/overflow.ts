import type { Page } from 'playwright-core';

/** Runs in the page, as text: whether it, or the dialog over it, scrolls sideways, and by what. */
const LOOK = `[document.documentElement, ...document.querySelectorAll('dialog[open]')].flatMap((frame) => {
  if (frame.scrollWidth <= frame.clientWidth) return [];
  const right = frame.getBoundingClientRect().left + frame.clientWidth;
  const wide = [...frame.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > right + 0.5);
  return [
    frame.tagName + ' is ' + frame.scrollWidth + ' wide: ' +
      wide.slice(0, 4).map((element) => element.outerHTML.slice(0, 120)).join(' | '),
  ];
})`;

/** What makes the page scroll sideways at this width. */
export async function overflowAt(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 800 });
  return page.evaluate<string[]>(LOOK);
}
