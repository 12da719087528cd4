import type { Schemas } from '@planwright/client';
import { formatDuration } from '../../format/time.js';

type Blueprint = Schemas['Blueprint'];

export interface StageView {
  number: number;
  /** How its sections are written. */
  how: string;
  sections: { id: string; title: string; words: string; uses: string; note: string | null }[];
}

const MODES: Readonly<Record<string, string>> = { draft: 'draft', detailed: 'detailed' };

/** A blueprint's name among others of its kind. */
export const titleOf = ({ title, mode }: Pick<Blueprint, 'title' | 'mode'>): string =>
  mode === null ? title : `${title}, ${MODES[mode] ?? mode}`;

/** What it is made from, in words. */
export function sourcesOf({ requires }: Pick<Blueprint, 'requires'>, all: readonly Blueprint[]): string {
  if (requires.length === 0) return 'Made from the idea and its constraints';
  const names = requires.map((kind) => all.find(({ document }) => document === kind)?.title ?? kind);
  return `Made from the idea and the ${names.join(' and the ')}`;
}

/** Its stages in the order of writing, with their sections in theirs. */
export function stagesOf({ stages, sections }: Pick<Blueprint, 'stages' | 'sections'>): StageView[] {
  const titles = new Map(sections.map(({ id, title }) => [id, title]));
  return stages.map(({ number, mode, timeout_seconds, sections: ids }) => ({
    number,
    how: howOf(mode, ids.length, timeout_seconds),
    sections: ids.flatMap((id) => {
      const section = sections.find((one) => one.id === id);
      if (!section) return [];
      const { title, words, uses, requirements, output } = section;
      const note = requirements
        ? `requirements ${requirements}-1, ${requirements}-2 …`
        : output === 'tasks'
          ? 'cards of the board'
          : null;
      return [{ id, title, words: `about ${words.target} words`, uses: usesOf(uses, titles), note }];
    }),
  }));
}

function howOf(mode: string, count: number, seconds: number): string {
  const time = `up to ${formatDuration(seconds)}${count > 1 ? ' each' : ''}`;
  if (count === 1) return `one section, ${time}`;
  return `${mode === 'parallel' ? 'side by side' : 'one after another'}, ${time}`;
}

function usesOf(uses: readonly string[], titles: ReadonlyMap<string, string>): string {
  if (uses.length === 0) return 'Reads no other section';
  if (uses.length === titles.size - 1) return 'Reads all other sections';
  return `Reads ${uses.map((id) => titles.get(id) ?? id).join(', ')}`;
}
