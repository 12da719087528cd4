import type { Locator, Page } from 'playwright-core';
import { openScreen } from './screens.js';

/** Opens the board of a project, whose name is its first heading, with a card in the address or without. */
export async function openBoard(page: Page, project: { id: string; name: string }, card?: string): Promise<void> {
  const query = card === undefined ? '' : `?card=${card}`;
  await openScreen(page, { path: `/projects/${project.id}/board${query}`, heading: project.name });
  await page.locator('li[data-card]').first().waitFor();
}

export const columnOf = (page: Page, status: string): Locator => page.locator(`section[data-column="${status}"]`);
export const cardOf = (page: Page | Locator, key: string): Locator => page.locator(`li[data-card="${key}"]`);

/** Opens a card as a person does; its dialog. */
export async function openCard(page: Page, key: string): Promise<Locator> {
  await cardOf(page, key).getByRole('heading').getByRole('link').click();
  return cardDialog(page, key);
}

export const cardDialog = (page: Page, key: string): Locator => page.getByRole('dialog', { name: `${key} ·` });

/** Drags a card with the mouse to a point of `target`, and lets go of it there once the board shows where it would go. */
export async function dragCard(page: Page, key: string, target: Locator, to: 'top' | 'bottom'): Promise<void> {
  const { x, y } = await pointOf(cardOf(page, key).getByText(key, { exact: true }), 'middle');
  await page.mouse.move(x, y);
  await page.mouse.down();
  const end = await pointOf(target, to);
  await page.mouse.move(end.x, end.y, { steps: 8 });
  await target.and(page.locator('[data-over], [data-edge]')).waitFor();
  await page.mouse.up();
}

/** A point of the part of it that the page shows. */
async function pointOf(element: Locator, where: 'top' | 'middle' | 'bottom'): Promise<{ x: number; y: number }> {
  const box = await element.boundingBox();
  if (!box) throw new Error('what the mouse is to go to is not shown');
  const height = Math.min(box.height, (element.page().viewportSize()?.height ?? Infinity) - box.y);
  const share = { top: 0.1, middle: 0.5, bottom: 0.9 }[where];
  return { x: box.x + box.width / 2, y: box.y + height * share };
}
