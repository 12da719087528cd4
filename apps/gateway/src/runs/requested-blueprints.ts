import { invalidFields, PLAN_DOCUMENTS } from '@planwright/contracts';
import type { Blueprint, Mode } from '@planwright/contracts';
import { findBlueprint, planKinds } from '@planwright/prompts';
import type { Catalogue } from '@planwright/prompts';
import { refusal } from '../http/problem.js';

/**
 * The blueprints of the documents a run is asked for; of none, those of a plan. Throws 400 naming the kinds there are for
 * what this deployment has no blueprint of, or only one for features.
 */
export function requestedBlueprints(
  catalogue: Catalogue,
  kinds: readonly string[] | undefined,
  mode: Mode,
): Blueprint[] {
  const known = planKinds(catalogue);
  const errors = (kinds ?? []).flatMap((kind, i) => {
    if (known.includes(kind)) return [];
    const message = `is no kind of document here; ${known.join(', ')} are`;
    return [{ pointer: `/documents/${i}`, code: 'unknown_document', message, limit: known }];
  });
  if (errors.length > 0) throw refusal(invalidFields(errors));
  return (kinds ?? PLAN_DOCUMENTS).map((kind) => {
    const blueprint = findBlueprint(catalogue, kind, mode);
    if (!blueprint) throw new Error(`there is no blueprint for ${kind} in mode ${mode}`);
    return blueprint;
  });
}
