import { z } from 'zod';
import { uuid } from '../ids.js';
import { featureFailedFields, featureGeneratedFields, featureProgressFields } from '../live/feature-events.js';
import { defineMessage } from './define-message.js';

/**
 * The orchestrator's facts of a project's features: committed, numbered per project without gaps (`n` = 1, 2, …). The live
 * event of number `n` on `project.{id}.features` says the same.
 */
const numbered = z.object({ project_id: uuid, n: z.int().positive() });

export const featureProgress = defineMessage({
  name: 'feature.progress',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'The spec of a feature is being written, or its tasks are.',
  payload: numbered.extend(featureProgressFields.shape),
});

export const featureGenerated = defineMessage({
  name: 'feature.generated',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A feature is completed: its spec is stored and its cards are on the board.',
  payload: numbered.extend(featureGeneratedFields.shape),
});

export const featureGenerationFailed = defineMessage({
  name: 'feature.generation.failed',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A feature could not be written, or was cancelled; it may be retried.',
  payload: numbered.extend(featureFailedFields.shape),
});
