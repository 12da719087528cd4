import type { Schemas, SectionState } from '@planwright/client';
import { isForAnotherSection } from './delays.js';

type StoredSection = Schemas['Version']['sections'][number];

/**
 * What a section is at the moment. `waiting`: its turn comes later; `coming`: it is its turn, and nothing of it is there yet;
 * `none`: nobody is going to write it.
 */
export type SectionLook =
  'waiting' | 'coming' | 'writing' | 'delayed' | 'done' | 'stale' | 'failed' | 'cancelled' | 'none';

/** A section as the screen shows it. */
export interface ShownSection {
  readonly id: string;
  readonly title: string;
  readonly look: SectionLook;
  /** The text, the text so far, or what was left of it. */
  readonly text: string;
  /** Rises when a text is begun anew. */
  readonly attempt: number;
  readonly error: string | null;
  readonly advice: string | null;
  readonly delay: { readonly until: string; readonly reason: string | null; readonly position: number | null } | null;
  /** What is to be known of the text. */
  readonly warnings: readonly string[];
}

/** Where in its blueprint a document is, to tell what is next. */
export interface Turn {
  readonly stage: number | null;
  readonly stages: Schemas['Blueprint']['stages'];
}

const NOTHING = { text: '', attempt: 0, error: null, advice: null, delay: null, warnings: [] } as const;

/** A section of a stored version. */
export function ofStored(stored: StoredSection): ShownSection {
  const { id, title, status, stale } = stored;
  const look = status === 'completed' ? (stale ? 'stale' : 'done') : status === 'generating' ? 'coming' : status;
  return {
    ...NOTHING,
    id,
    title,
    look: look === 'pending' ? 'none' : look,
    text: stored.content ?? stored.draft ?? '',
    error: stored.problem?.title ?? stored.error,
    advice: stored.problem?.advice ?? null,
    warnings: stored.warnings.map(({ message }) => message),
  };
}

/** A section of a run that is being followed. */
export function ofFollowed(section: SectionState, isNext: boolean): ShownSection {
  const { sectionId: id, status, reason, nextAttemptAt: until, position, draft, content, attempt } = section;
  const text = content ?? draft;
  const base = { ...NOTHING, id, title: section.title ?? id, text, attempt };
  if (status === 'delayed' && until !== null && !isForAnotherSection(reason)) {
    return { ...base, look: 'delayed', delay: { until, reason, position } };
  }
  switch (status) {
    case 'pending':
    case 'delayed':
      return { ...base, look: isNext ? 'coming' : 'waiting' };
    case 'generating':
      return { ...base, look: draft === '' ? 'coming' : 'writing' };
    case 'completed':
      return { ...base, look: 'done' };
    case 'failed':
      return {
        ...base,
        look: 'failed',
        error: section.problem?.title ?? section.error,
        advice: section.problem?.advice ?? null,
      };
    case 'cancelled':
      return { ...base, look: 'cancelled' };
  }
}

/** Sections whose turn it is: all open ones of a stage side by side, the first open one of a stage one after another. */
function nextIds({ stage, stages }: Turn, sections: readonly SectionState[]): ReadonlySet<string> {
  const current = stages.find(({ number }) => number === (stage ?? stages[0]?.number));
  if (!current) return new Set();
  const isOpen = new Set(
    sections
      .filter(({ status }) => ['pending', 'generating', 'delayed'].includes(status))
      .map(({ sectionId }) => sectionId),
  );
  const open = current.sections.filter((id) => isOpen.has(id));
  return new Set(current.mode === 'parallel' ? open : open.slice(0, 1));
}

/**
 * A document while a run writes it: what the run has of each section, and what the version took over of the others. Without
 * the version the titles are those the run knows.
 */
export function sectionsOfRun(
  followed: readonly SectionState[],
  version: readonly StoredSection[],
  turn: Turn | null,
): ShownSection[] {
  const next = turn === null ? new Set<string>() : nextIds(turn, followed);
  const live = new Map(followed.map((section) => [section.sectionId, section]));
  const ofVersion = inOrder(version).map((stored) => {
    const section = live.get(stored.id);
    live.delete(stored.id);
    return section ? { ...ofFollowed(section, next.has(stored.id)), title: stored.title } : ofStored(stored);
  });
  return [...ofVersion, ...[...live.values()].map((section) => ofFollowed(section, next.has(section.sectionId)))];
}

export const inOrder = (sections: readonly StoredSection[]): StoredSection[] =>
  sections.toSorted((a, b) => a.order - b.order);

/** The sections, each the same object as before where nothing of it is another. */
export function keepSame(before: readonly ShownSection[], after: readonly ShownSection[]): readonly ShownSection[] {
  const known = new Map(before.map((section) => [section.id, section]));
  const kept = after.map((section) => {
    const same = known.get(section.id);
    return same && isSame(same, section) ? same : section;
  });
  return kept.length === before.length && kept.every((section, index) => section === before[index]) ? before : kept;
}

function isSame(a: ShownSection, b: ShownSection): boolean {
  return (Object.keys(a) as (keyof ShownSection)[]).every(
    (name) =>
      a[name] === b[name] ||
      ((name === 'delay' || name === 'warnings') && JSON.stringify(a[name]) === JSON.stringify(b[name])),
  );
}
