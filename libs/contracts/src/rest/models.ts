import { z } from 'zod';

/** A provider that runs can be asked for here. Whether its key is good is known to the generators alone. */
export const modelResource = z.object({
  provider: z.string(),
  /** The model it writes with when nobody names one; null where a run has to name it. */
  default_model: z.string().nullable(),
  /** True for the one that writes where neither the run nor its project nor its workspace names one. */
  is_default: z.boolean(),
});
export type ModelResource = z.infer<typeof modelResource>;
