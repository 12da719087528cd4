import type { Page } from 'playwright-core';
import type { FinishedProject } from './finished-project.js';

/** A screen of the workspace as data: where it is, and how it is known to be there. */
export interface Screen {
  name: string;
  path: string;
  /** Its first heading. */
  heading: string | RegExp;
  /** Selector of what it is for, where a heading alone does not tell. */
  shows?: string;
  /** What opens it from there: a dialog, which then is what is looked at. */
  open?: (page: Page) => Promise<void>;
}

/** Screens that are there before anything was made. */
export const EMPTY_SCREENS: readonly Screen[] = [
  { name: 'projects', path: '/', heading: 'Projects' },
  { name: 'new project', path: '/projects/new', heading: 'New project' },
  { name: 'usage', path: '/usage', heading: 'Usage' },
  { name: 'API keys', path: '/settings/api-keys', heading: 'Settings' },
  { name: 'webhooks', path: '/settings/webhooks', heading: 'Settings' },
  { name: 'blueprints', path: '/settings/blueprints', heading: 'Settings' },
  { name: 'audit log', path: '/settings/audit-log', heading: 'Settings' },
];

const press = (name: string | RegExp) => async (page: Page) => {
  await page
    .getByRole('button', { name, exact: typeof name === 'string' })
    .first()
    .click();
  await page.getByRole('dialog').waitFor();
};

/** Screens of a project whose plan is written, and of one that has not begun. */
export function projectScreens({ id, name, emptyId, prdId, versions }: FinishedProject): readonly Screen[] {
  const [from, to] = versions;
  const at = `/projects/${id}`;
  const history = `${at}/documents/${prdId}`;
  const plan = { path: `${at}/plan/prd`, heading: name, shows: 'section[data-look="done"]' };
  const features = { path: `${at}/features`, heading: name, shows: '[data-feature]' };
  const details = { path: `${at}/details`, heading: name, shows: 'form textarea' };
  return [
    { name: 'projects with some', path: '/', heading: 'Projects', shows: `a[href^="${at}"]` },
    { name: 'start card', path: `/projects/${emptyId}/plan/prd`, heading: name, shows: '#start-title' },
    { name: 'PRD', ...plan },
    { name: 'tech spec', ...plan, path: `${at}/plan/tech_spec`, shows: 'section[data-look]' },
    { name: 'board', path: `${at}/board`, heading: name, shows: '[data-card]' },
    { name: 'card', path: `${at}/board?card=T-1`, heading: name, shows: 'dialog [type="submit"]' },
    { name: 'features', ...features },
    { name: 'runs', path: `${at}/runs`, heading: name, shows: 'main ol > li' },
    { name: 'details', ...details },
    { name: 'versions', path: `${history}/versions`, heading: name, shows: 'main ol > li' },
    { name: 'version', path: `${history}/versions/${from}`, heading: name, shows: 'article section' },
    { name: 'comparison', path: `${history}/compare/${from}/${to}`, heading: name, shows: 'main ins' },
    {
      name: 'comparison, side by side',
      path: `${history}/compare/${from}/${to}?view=side`,
      heading: name,
      shows: 'main ins',
    },
    { name: 'dialog: regenerate', ...plan, open: press('Regenerate PRD') },
    { name: 'dialog: add feature', ...features, open: press('Add feature') },
    { name: 'dialog: delete', ...details, open: press('Delete project') },
  ];
}

/** Opens a screen, and is back when it shows what it is for and not that it loads. */
export async function openScreen(page: Page, screen: Omit<Screen, 'name'>): Promise<void> {
  const { path, heading, shows, open } = screen;
  await page.goto(path);
  // A modal dialog hides the page behind it from the roles.
  await page.locator('h1').filter({ hasText: heading }).waitFor();
  if (shows !== undefined) await page.locator(shows).first().waitFor();
  await open?.(page);
  await page
    .getByText(/^Loading /)
    .first()
    .waitFor({ state: 'detached' });
}
