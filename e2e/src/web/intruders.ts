import type { Page } from 'playwright-core';

/** Elements that no screen has; `svg` and controls it has itself, but never inside a model's text. */
const NOWHERE =
  'script, style, link, meta, base, template, noscript:not(body > *), img:not([src="/favicon.svg"]), picture, video, audio, source, iframe, frame, frameset, object, ' +
  'embed, portal, math, marquee, foreignObject, animate, image, use, [srcdoc], [ping], [formaction], form[action], [background]';
const NOT_IN_TEXT =
  'svg, form, input, button, select, textarea, details, dialog, [style], [id], [contenteditable], [popover], [accesskey]';

/** Runs in the page, as text: the page's types are not those of Node. */
const LOOK = (texts: string) => `(() => {
  const inTexts = [...document.querySelectorAll(${JSON.stringify(texts)})];
  const say = (why) => (element) => why + ': ' + element.outerHTML.slice(0, 200);
  const all = [...document.body.querySelectorAll('*')];
  const withHandler = all.filter(({ attributes }) => [...attributes].some(({ name }) => name.startsWith('on')));
  const links = all.filter((element) => element.hasAttribute('href') || element.hasAttribute('xlink:href'));
  const badLinks = links.filter(({ href }) => !/^(https?|mailto|blob):/.test(String(href)));
  const tellingLinks = links.filter((link) => link.origin !== location.origin &&
    !(link.target === '_blank' && /noopener noreferrer/.test(link.rel) && link.title !== ''));
  return [
    ...[...document.body.querySelectorAll(${JSON.stringify(NOWHERE)})].map(say('is there')),
    ...inTexts.flatMap((text) => [...text.querySelectorAll(${JSON.stringify(NOT_IN_TEXT)})]).map(say('is in a text')),
    ...withHandler.map(say('has a handler')),
    ...badLinks.map(say('leads elsewhere than to a page')),
    ...tellingLinks.map(say('tells where it comes from')),
    ...(window.__hacked === undefined ? [] : ['a script has run']),
  ];
})()`;

/** What a hostile text has brought into the page; `texts` are the places of texts by models. */
export const intrudersOf = (page: Page, texts: string): Promise<string[]> => page.evaluate<string[]>(LOOK(texts));

/** Does to everything in the texts what a reader might, and more: what waits for that has had its chance. */
export async function poke(page: Page, texts: string): Promise<void> {
  await page.evaluate(`(() => {
    const stay = (event) => event.target.closest?.('a[href]') && event.preventDefault();
    document.addEventListener('click', stay, true);
    for (const element of document.querySelectorAll(${JSON.stringify(texts)})) {
      element.scrollIntoView();
      for (const inner of [element, ...element.querySelectorAll('*')]) {
        inner.focus?.();
        for (const type of ['pointerover', 'mouseover', 'mouseenter', 'mousedown', 'mouseup', 'click', 'toggle', 'animationstart'])
          inner.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true }));
      }
    }
    document.removeEventListener('click', stay, true);
  })()`);
  // What was asked for has been asked for.
  await page.waitForLoadState('networkidle');
}

/**
 * What the browser says while the sanitiser reads a hostile text: in a document of its own, which is never shown, but has the
 * page's policy. That none of it is in the page is what tests assert, and what a page without the policy shows.
 */
export const READING = [
  'Applying inline style',
  'Executing inline event handler',
  "Setting the document's base URI",
].map((what) => new RegExp(`^logged ${what} .*/assets/markdown-`));

/** What was there at any moment since the page began, and how many moments that were. */
interface Watched {
  looks: number;
  intruders: string[];
}

/** Looks for intruders after every single change of the pages it opens from now on. Answers how to learn what there was. */
export async function watchForIntruders(page: Page, texts: string): Promise<() => Promise<Watched>> {
  await page.addInitScript(`(() => {
    const watched = { looks: 0, intruders: [] };
    const look = () => {
      if (!document.body) return;
      watched.looks += 1;
      for (const one of ${LOOK(texts)}) if (!watched.intruders.includes(one)) watched.intruders.push(one);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    window.__watched = watched;
  })()`);
  return () => page.evaluate<Watched>('window.__watched');
}
