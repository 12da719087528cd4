import type { Blueprint } from '@planwright/contracts';
import fc from 'fast-check';
import type { KnownDocument, SectionLineage } from '../src/index.js';

/** A plan as it is made and changed, kept by texts and not by hashes: what an oracle goes by. */
interface ModelSection {
  text: string | null;
  /** What went into it, as texts; null where it has none. */
  from: Record<string, string | null> | null;
}

export interface ModelDocument {
  blueprint: Blueprint;
  sections: Map<string, ModelSection>;
}

export interface ModelPlan {
  idea: string;
  /** In chain order. */
  documents: Map<string, ModelDocument>;
}

const KINDS = ['alpha', 'beta', 'gamma'];

/** Up to three documents, each made from some of those before it, with sections in stages that use earlier ones. */
export const blueprints: fc.Arbitrary<Blueprint[]> = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.infiniteStream(fc.nat({ max: 1_000_000 })).map((stream) => stream[Symbol.iterator]()),
  )
  .map(([count, random]) => {
    const next = (below: number): number => (random.next().value as number) % below;
    return KINDS.slice(0, count).map((kind, k) => {
      const ids = Array.from({ length: 1 + next(6) }, (_, i) => `${kind}_${i}`);
      const cut = next(ids.length + 1);
      const stages = [ids.slice(0, cut), ids.slice(cut)].filter((stage) => stage.length > 0);
      return {
        id: kind,
        version: 1,
        document: kind,
        mode: null,
        title: kind,
        requires: KINDS.slice(0, k).filter(() => next(2) === 0),
        stages: stages.map((sections, i) => ({
          ...{ number: i + 1, mode: 'sequential' as const, streamed: false, timeout_seconds: 60, sections },
        })),
        sections: ids.map((id, i) => ({
          ...{ id, title: id, order: i, prompt: 'p', output: 'markdown' as const, max_output_tokens: 100 },
          uses: ids.slice(0, i).filter(() => next(3) === 0),
          words: { min: 1, target: 2, max: 3 },
        })),
      };
    });
  });

/** What goes into a section now, as texts. */
export function inputsNow(
  plan: ModelPlan,
  { blueprint, sections }: ModelDocument,
  id: string,
): Record<string, string | null> {
  const uses = blueprint.sections.find((section) => section.id === id)?.uses ?? [];
  return {
    idea: plan.idea,
    ...Object.fromEntries(uses.map((used) => [`sections.${used}`, sections.get(used)?.text ?? null])),
    ...Object.fromEntries(blueprint.requires.map((kind) => [kind, wholeText(plan.documents.get(kind))])),
  };
}

/** A whole document as one text; null where nothing of it is written. */
function wholeText(document: ModelDocument | undefined): string | null {
  const texts = [...(document?.sections ?? [])].flatMap(([id, { text }]) => (text === null ? [] : [`${id}=${text}`]));
  return texts.length > 0 ? texts.join('\n') : null;
}

/** The model as the library sees it. A text stands for its hash: equal texts are equal hashes. */
export function knownOf(plan: ModelPlan): Record<string, KnownDocument> {
  return Object.fromEntries(
    [...plan.documents].map(([kind, { blueprint, sections }]): [string, KnownDocument] => {
      const lineage = [...sections].map(([id, { text, from }]): SectionLineage => ({
        id,
        sha256: text,
        madeFrom: from,
      }));
      const isThere = lineage.some(({ sha256 }) => sha256 !== null);
      return [
        kind,
        {
          blueprint,
          active: isThere ? { versionId: kind, sections: lineage, notReached: [] } : null,
          incomplete: null,
        },
      ];
    }),
  );
}

export function presentOf(plan: ModelPlan): Record<string, string | null> {
  return {
    idea: plan.idea,
    ...Object.fromEntries([...plan.documents].map(([kind, document]) => [kind, wholeText(document)])),
  };
}
