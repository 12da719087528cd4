import { z } from 'zod';
import { cost } from '../cost.js';
import { stepProblem } from '../failures.js';
import { instant, sha256Hex, uuid } from '../ids.js';
import { documentStatus, sectionStatus, versionStatus } from '../statuses.js';
import { usage } from '../usage.js';

export const versionSection = z.object({
  id: z.string(),
  title: z.string(),
  order: z.int(),
  status: sectionStatus,
  content: z.string().nullable(),
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

export const versionResource = z.object({
  id: uuid,
  document_id: uuid,
  number: z.int().positive(),
  status: versionStatus,
  sections: z.array(versionSection),
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

/** A version in lists: without its sections. */
export const versionSummary = versionResource.omit({ sections: true });
export type VersionSummary = z.infer<typeof versionSummary>;

export const documentResource = z.object({
  id: uuid,
  project_id: uuid,
  kind: z.string(),
  status: documentStatus,
  stale: z.boolean(),
  active_version: versionResource.nullable(),
});
export type DocumentResource = z.infer<typeof documentResource>;

/** A document in lists: its active version without sections. */
export const documentSummary = documentResource.extend({ active_version: versionSummary.nullable() });
export type DocumentSummary = z.infer<typeof documentSummary>;
