import { z } from 'zod';
import { blueprintSection, blueprintShape, blueprintStage } from '../blueprint.js';

/**
 * A document kind as this server knows it, built in or a team's own. Runs that have begun go on with the blueprint they
 * were started with.
 */
export const blueprintResource = blueprintShape.pick({ id: true, version: true, document: true, title: true }).extend({
  /** Null where one blueprint serves both modes. */
  mode: blueprintShape.shape.mode.unwrap(),
  /** Document kinds it is made from: written by the same run, or active in the project. */
  requires: z.array(z.string()),
  /** True where a run can be asked for it by its document kind; the others are written for features. */
  in_plans: z.boolean(),
  stages: z.array(blueprintStage),
  sections: z.array(
    blueprintSection.pick({ id: true, title: true, order: true, words: true, requirements: true }).extend({
      /** Sections of the same document its prompt is given. */
      uses: z.array(z.string()),
      output: blueprintSection.shape.output.unwrap(),
    }),
  ),
});
export type BlueprintResource = z.infer<typeof blueprintResource>;
