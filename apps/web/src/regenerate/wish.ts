import type { Body, NewRun, RunEstimate } from './types.js';

/** What somebody wants written anew. */
export type Wish =
  | { what: 'document'; kind: string }
  | { what: 'section'; kind: string; documentId: string; sectionId: string }
  | { what: 'sections'; sections: readonly string[] }
  | { what: 'stale' };

/** How they want it. */
export interface Choices {
  /** As well everything that is made from it. */
  downstream: boolean;
  /** Sections of the same PRD to be written anew after it. */
  cascade: readonly string[];
  instructions: string;
  /** Empty: as usual in this project. */
  provider: string;
  model: string;
  onConflict: 'reject' | 'enqueue' | 'replace';
}

export const AS_USUAL: Choices = {
  downstream: false,
  cascade: [],
  instructions: '',
  provider: '',
  model: '',
  onConflict: 'reject',
};

export const LONGEST_INSTRUCTIONS = 4_000;

/** What is sent: a section of a PRD has a route of its own, everything else is a run. */
export type RegenerateRequest =
  | { route: 'section'; prdId: string; sectionId: string; body: Body<'regenerateSection'> }
  | { route: 'run'; body: NewRun };

export function requestOf(wish: Wish, choices: Choices): RegenerateRequest {
  const { downstream, cascade, instructions, provider, model, onConflict } = choices;
  const wishes = instructions.trim() === '' ? null : instructions;
  const writer = {
    ...(provider !== '' && { provider }),
    ...(model.trim() !== '' && { model: model.trim() }),
    ...(onConflict !== 'reject' && { on_conflict: onConflict }),
  };
  if (wish.what === 'stale') return { route: 'run', body: { stale: true, ...writer } };
  if (wish.what === 'section' && wish.kind === 'prd') {
    const body = {
      ...(wishes !== null && { custom_instructions: wishes }),
      ...(cascade.length > 0 && { cascade: [...cascade] }),
      ...writer,
    };
    return { route: 'section', prdId: wish.documentId, sectionId: wish.sectionId, body };
  }
  const named =
    wish.what === 'document'
      ? { documents: [wish.kind] }
      : { sections: wish.what === 'section' ? [wish.sectionId] : [...wish.sections] };
  return {
    route: 'run',
    body: {
      ...named,
      ...(downstream && { downstream }),
      ...(wishes !== null && { instructions: wishes }),
      ...writer,
    },
  };
}

/** Sections of the PRD that can be written anew after one: those it would outdate, chosen already or not. */
export function cascadable(estimate: RunEstimate, chosen: readonly string[]): string[] {
  const affected = estimate.affected.find(({ document }) => document === 'prd')?.sections ?? [];
  const written = estimate.documents.find(({ kind }) => kind === 'prd')?.sections ?? [];
  return [...written.map(({ id }) => id).filter((id) => chosen.includes(id)), ...affected];
}
