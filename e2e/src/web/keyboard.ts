import type { Locator, Page } from 'playwright-core';

/** More stops than any screen has before what is looked for. */
const MOST_STOPS = 250;

/** Goes on with the Tab key until this has the focus, as somebody without a mouse does. */
export async function reach(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  const seen: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await wanted.evaluate(hasFocus)) return;
    await page.keyboard.press('Tab');
    seen.push(await page.evaluate(nameOfFocus));
  }
  throw new Error(`the Tab key does not lead to ${String(wanted)}, but to: ${seen.join(', ')}`);
}

/** Reaches a control and presses it. */
export async function press(page: Page, wanted: Locator, key = 'Enter'): Promise<void> {
  await reach(page, wanted);
  await page.keyboard.press(key);
}

/** Opens the menu of a button and takes one of its items. */
export async function choose(page: Page, button: Locator, item: string): Promise<void> {
  await press(page, button);
  await chooseByKeyboard(page, item);
}

/** Takes an item of the open menu, with the arrow keys. */
export async function chooseByKeyboard(page: Page, name: string): Promise<void> {
  const item = page.getByRole('menuitem', { name, exact: true });
  await item.waitFor();
  const items = await page.getByRole('menuitem').count();
  for (let stop = 0; stop <= items; stop += 1) {
    if (await item.evaluate(hasFocus)) return page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`the arrow keys do not lead to ${name}`);
}

// These run in the page.
function hasFocus(element: { ownerDocument: { activeElement: unknown } }): boolean {
  return element.ownerDocument.activeElement === element;
}

function nameOfFocus(): string {
  const { document } = globalThis as unknown as {
    document: { activeElement: { ariaLabel: string | null; textContent: string | null; tagName: string } | null };
  };
  const element = document.activeElement;
  if (!element) return 'nothing';
  return `${element.tagName.toLowerCase()} "${(element.ariaLabel ?? element.textContent ?? '').trim().slice(0, 40)}"`;
}
