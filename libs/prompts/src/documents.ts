import { PLAN_DOCUMENTS } from '@planwright/contracts';
import type { Blueprint, Mode } from '@planwright/contracts';
import type { Catalogue } from './catalogue.js';

/** The blueprint of a document kind; of a kind without modes, whatever the mode asked. Undefined when there is none. */
export function findBlueprint(
  { blueprints }: Pick<Catalogue, 'blueprints'>,
  document: string,
  mode: Mode | null,
): Blueprint | undefined {
  const ofKind = [...blueprints.values()].filter((blueprint) => blueprint.document === document);
  return ofKind.find((blueprint) => blueprint.mode === mode) ?? ofKind.find((blueprint) => blueprint.mode === null);
}

/**
 * Kinds that a plan run can write, those every plan has first: all but the documents of a feature, whose prompts are given
 * a feature's description, and what is made from them.
 */
export function planKinds(catalogue: Pick<Catalogue, 'blueprints' | 'templates'>): string[] {
  const ofFeatures = featureKinds(catalogue);
  const others = [...new Set([...catalogue.blueprints.values()].map(({ document }) => document))]
    .filter((kind) => !ofFeatures.has(kind))
    .sort();
  const first = PLAN_DOCUMENTS.filter((kind) => others.includes(kind));
  return [...first, ...others.filter((kind) => !first.some((one) => one === kind))];
}

/** Kinds with a section that can't be written without a feature's description, and kinds made from these. */
export function featureKinds({ blueprints, templates }: Pick<Catalogue, 'blueprints' | 'templates'>): Set<string> {
  const kinds = new Set<string>();
  const isForFeatures = ({ sections, requires }: Blueprint) =>
    requires.some((kind) => kinds.has(kind)) ||
    sections.some(({ prompt }) => templates.get(prompt)?.inputs['feature_description']?.required);
  for (let before = -1; before < kinds.size;) {
    before = kinds.size;
    for (const blueprint of blueprints.values()) if (isForFeatures(blueprint)) kinds.add(blueprint.document);
  }
  return kinds;
}
