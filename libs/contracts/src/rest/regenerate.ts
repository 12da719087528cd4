import { z } from 'zod';
import { uuid } from '../ids.js';
import { versionSection } from './documents.js';
import { modelName, providerName } from './projects.js';
import { onConflict, sectionName, wishes } from './runs.js';

/** One section anew, with wishes, and others that used it, where they are named. */
export const regenerateSection = z.strictObject({
  custom_instructions: wishes.optional(),
  /** Sections that used this one, or the ones named here, to be written anew after it. */
  cascade: z
    .array(sectionName)
    .max(60)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a section twice')
    .default([]),
  /** Default: as for any run. */
  provider: providerName.optional(),
  model: modelName.optional(),
  /** A run that writes other sections of the document is joined; this says what to do with any other run. */
  on_conflict: onConflict.default('reject'),
  /** True: answers 200 with what would be written and what it takes, and starts nothing. Default: false. */
  dry_run: z.boolean().optional(),
});
export type RegenerateSection = z.infer<typeof regenerateSection>;
/** As it is sent: fields with a default may be left out. */
export type RegenerateSectionRequest = z.input<typeof regenerateSection>;

/** The run that writes the section, and what may be outdated by it. */
export const regeneratedSection = z.object({
  run_id: uuid,
  /** As it is in the version being written; finished where the request waited for it. */
  section: versionSection,
  /** Sections that used this one, directly or through others, and are not written with it; in document order. */
  affected_sections: z.array(z.string()),
  /** A sentence for people; null where nothing is affected. */
  warning: z.string().nullable(),
});
export type RegeneratedSection = z.infer<typeof regeneratedSection>;
