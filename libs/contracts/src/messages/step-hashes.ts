import { z } from 'zod';
import { sha256Hex } from '../ids.js';

/** Hashes of what a section is made from: they go out with the command, come back with the text and are stored with it. */
export const stepHashes = z.object({
  prompt: sha256Hex,
  template: sha256Hex,
  input: sha256Hex,
  /** By input; null where there was none. A document is one hash over its sections. */
  made_from: z.record(z.string(), sha256Hex.nullable()).optional(),
});
export type StepHashes = z.infer<typeof stepHashes>;
