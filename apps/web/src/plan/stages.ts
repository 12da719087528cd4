import type { SectionState } from '@planwright/client';
import type { Turn } from './shown-sections.js';

/** A stage of the document that is being written, as far as the run writes it. */
export interface ShownStage {
  readonly number: number;
  readonly done: number;
  readonly total: number;
}

const ENDED = new Set(['completed', 'failed', 'cancelled']);

/** The stages that the run has something to write in, with how much of them is finished. */
export function stagesOf({ stages }: Turn, sections: readonly SectionState[]): ShownStage[] {
  return stages
    .map(({ number, sections: ids }) => {
      const own = sections.filter(({ sectionId }) => ids.includes(sectionId));
      return { number, done: own.filter(({ status }) => ENDED.has(status)).length, total: own.length };
    })
    .filter(({ total }) => total > 0);
}

/** `Stage 2 of 3, side by side`: where the run is; null before it began. */
export function stageWords({ stage, stages }: Turn): string | null {
  const index = stages.findIndex(({ number }) => number === stage);
  const current = stages[index];
  if (!current) return null;
  const how =
    current.sections.length > 1 ? (current.mode === 'parallel' ? ', side by side' : ', one after another') : '';
  return `Stage ${index + 1} of ${stages.length}${how}`;
}
