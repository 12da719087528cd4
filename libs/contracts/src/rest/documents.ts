import { z } from 'zod';
import { cost } from '../cost.js';
import { stepProblem } from '../failures.js';
import { instant, sha256Hex, uuid } from '../ids.js';
import { documentStatus, sectionStatus, versionStatus } from '../statuses.js';
import { textWarning } from '../text-warning.js';
import { usage } from '../usage.js';

export const versionSection = z.object({
  id: z.string(),
  title: z.string(),
  order: z.int(),
  status: sectionStatus,
  content: z.string().nullable(),
  /** What is to be known of the text; empty where there is nothing. */
  warnings: z.array(textWarning),
  /** Text cut off by failure or cancel; never used as input. */
  draft: z.string().nullable(),
  error: z.string().nullable(),
  problem: stepProblem.nullable(),
  generated_at: instant.nullable(),
  stale: z.boolean(),
  sha256: sha256Hex.nullable(),
  step_id: uuid.nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  prompt_hash: sha256Hex.nullable(),
  template_hash: sha256Hex.nullable(),
  input_hash: sha256Hex.nullable(),
  usage: usage.nullable(),
  cost: cost.nullable(),
});
export type VersionSection = z.infer<typeof versionSection>;

/** A requirement found in a version's text. Its id is the same in every version; no other one ever gets it. */
export const requirementResource = z.object({
  /** `FR-1`, `NFR-2`. */
  id: z.string(),
  section_id: z.string(),
  /** As the section says it, byte for byte. */
  text: z.string(),
});
export type RequirementResource = z.infer<typeof requirementResource>;

export const versionResource = z.object({
  id: uuid,
  document_id: uuid,
  number: z.int().positive(),
  status: versionStatus,
  sections: z.array(versionSection),
  /** In the order of the text; empty for documents that have none. */
  requirements: z.array(requirementResource),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  prompt_hash: sha256Hex.nullable(),
  template_hash: sha256Hex.nullable(),
  input_hash: sha256Hex.nullable(),
  /** Sums over the sections that have a text; one that was taken over counts with what it took then. */
  usage: usage.nullable(),
  cost: cost.nullable(),
  meta: z.record(z.string(), z.unknown()),
  run_id: uuid.nullable(),
  created_at: instant,
});
export type VersionResource = z.infer<typeof versionResource>;

/** A version in lists: without its sections and requirements. */
export const versionSummary = versionResource.omit({ sections: true, requirements: true });
export type VersionSummary = z.infer<typeof versionSummary>;

export const documentResource = z.object({
  id: uuid,
  project_id: uuid,
  kind: z.string(),
  /** The feature it belongs to; null for a document of the plan. */
  feature_id: uuid.nullable(),
  status: documentStatus,
  stale: z.boolean(),
  active_version: versionResource.nullable(),
});
export type DocumentResource = z.infer<typeof documentResource>;

/** A document in lists: its active version without sections. */
export const documentSummary = documentResource.extend({ active_version: versionSummary.nullable() });
export type DocumentSummary = z.infer<typeof documentSummary>;

/** Two versions of a document, section by section. */
export const versionDiff = z.object({
  from: uuid,
  to: uuid,
  /** In document order; sections that only one of them knows are in it. */
  sections: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      order: z.int(),
      /** `absent`: neither has a text. `added`, `removed`: one has. */
      status: z.enum(['same', 'changed', 'added', 'removed', 'absent']),
      /** Words in a row that are in both, in `to` alone or in `from` alone; none where nothing differs. */
      parts: z.array(z.object({ op: z.enum(['equal', 'insert', 'delete']), text: z.string() })),
    }),
  ),
});
export type VersionDiff = z.infer<typeof versionDiff>;
