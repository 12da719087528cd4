import type { Client } from '@planwright/client';
import type { SectionView } from '@planwright/contracts/live';
import { viewOfSnapshot } from '@planwright/contracts/live';
import { waitFor } from '@planwright/testing';
import type { Page } from 'playwright-core';

/** A section as a page shows it: its state, and its text as it is read and as it is drawn. */
interface ShownSection {
  look: string | null;
  text: string;
  html: string;
}
/** By id of the section. */
type Shown = Readonly<Record<string, ShownSection>>;
type Known = Readonly<Record<string, SectionView>>;

/** Runs in the page, as text: the page's types are not those of Node. */
const LOOK = `Object.fromEntries([...document.querySelectorAll('main section[id]')].map((section) => {
  const blocks = [...section.querySelectorAll(':scope > div > div > div')];
  const all = (name) => blocks.map((block) => block[name]).join('');
  return [section.id, { look: section.dataset.look ?? null, text: all('textContent'), html: all('innerHTML') }];
}))`;

/** All sections on the page, of a plan or of a version. */
export const shownOn = (page: Page): Promise<Shown> => page.evaluate<Shown>(LOOK);

/** What the API says of the sections of a run that writes one document. */
export async function knownOf(client: Client, runId: string): Promise<Known> {
  const run = await client.runs.get(runId);
  const versions = await Promise.all(run.documents.map(({ version_id }) => client.versions.get(version_id)));
  const { sections } = viewOfSnapshot(run, versions);
  return Object.fromEntries(Object.values(sections).map((section) => [section.sectionId, section]));
}

/** How far a section is in a run that goes well. Looks that such a run does not have are behind all of them. */
const STEP_OF_LOOK: Readonly<Record<string, number>> = { waiting: 0, coming: 0, delayed: 0, writing: 1, done: 2 };
const stepOfLook = (look: string | null): number => STEP_OF_LOOK[look ?? ''] ?? -1;
const stepOf = ({ status, draft }: SectionView): number => (status === 'completed' ? 2 : draft === '' ? 0 : 1);

/** What is left of a text whether it is drawn or not; marks and the numbers of lists are gone. */
export const lettersOf = (text: string): string => text.replaceAll(/[^\p{L}]+/gu, '');

/** What a page lacks of what was known before it was looked at: nothing, where it shows the right state. */
export function missingOn(shown: Shown, known: Known): string[] {
  return Object.entries(known).flatMap(([id, section]) => {
    const on = shown[id];
    if (!on) return [`${id} is not there`];
    if (stepOfLook(on.look) < stepOf(section)) return [`${id} is ${on.look}, but was ${section.status}`];
    const [text, stored] = [lettersOf(on.text), lettersOf(section.content ?? section.draft)];
    const isWhole = section.content === null ? text.startsWith(stored) : text === stored;
    return isWhole ? [] : [`${id} has ${text.length} letters, not the ${stored.length} that were there`];
  });
}

/** What a page shows beyond what is known after it was looked at. */
export function inventedOn(shown: Shown, known: Known): string[] {
  return Object.entries(known).flatMap(([id, section]) => {
    const { look, text } = shown[id] ?? { look: 'nowhere', text: '' };
    if (stepOfLook(look) > stepOf(section)) return [`${id} is ${look}, and only ${section.status}`];
    const isPart = lettersOf(section.content ?? section.draft).startsWith(lettersOf(text));
    return isPart ? [] : [`${id} has a text that is not its own`];
  });
}

/** Back when the page shows at least this. */
export async function untilShown(page: Page, known: Known): Promise<void> {
  let missing: string[] = [];
  const isShown = async () => {
    missing = missingOn(await shownOn(page), known);
    return missing.length === 0;
  };
  await waitFor(isShown, { what: 'the page to show what is there', timeoutMs: 15_000 }).catch((error: unknown) => {
    throw new Error(`the page does not show what is there: ${missing.join('; ')}`, { cause: error });
  });
}
