import { z } from 'zod';
import { uuid } from '../ids.js';
import { mode } from '../statuses.js';
import { modelName, providerName } from './projects.js';
import { onConflict } from './runs.js';

/** A run that writes the PRD of a project alone, started and followed in one call. */
export const streamPrd = z.strictObject({
  project_id: uuid,
  mode,
  /** Default: as for any run. */
  provider: providerName.optional(),
  model: modelName.optional(),
  on_conflict: onConflict.default('reject'),
});
export type StreamPrd = z.infer<typeof streamPrd>;

/** A message of the older stream: a piece of one section's text. Sections come one after another. */
export interface SectionChunk {
  run_id: string;
  section_id: string;
  /** Rises when a section is written anew: what came of it before is void, and `offset` begins at 0 again. */
  attempt: number;
  /** In UTF-16 units, from the start of the section. */
  offset: number;
  content: string;
}
