import { z } from 'zod';
import { instant, uuid } from '../ids.js';
import { prompt } from '../prompt.js';
import { outputFormat } from '../statuses.js';
import { defineMessage } from './define-message.js';
import { stepHashes } from './step-hashes.js';

/** Which generator queue a step goes to: `interactive` is watched by a person, `features` has a queue of its own. */
export const stepClass = z.enum(['interactive', 'background', 'features']);
export type StepClass = z.infer<typeof stepClass>;

export const runStart = defineMessage({
  name: 'run.start',
  version: 1,
  kind: 'command',
  audience: 'orchestrator',
  summary: 'A run was written by the gateway and may begin.',
  payload: z.object({ run_id: uuid }),
});

export const runCancel = defineMessage({
  name: 'run.cancel',
  version: 1,
  kind: 'command',
  audience: 'orchestrator',
  summary: 'A person asked for a run to stop; the request itself is already stored on the run.',
  payload: z.object({ run_id: uuid, requested_at: instant }),
});

export const stepGenerate = defineMessage({
  name: 'step.generate',
  version: 1,
  kind: 'command',
  audience: 'generator',
  summary: 'Write one section: everything the generator needs, rendered when the command is published.',
  payload: z.object({
    run_id: uuid,
    step_id: uuid,
    /** The fence: every effect of this command is conditional on it. */
    attempt: z.int().positive(),
    class: stepClass,
    project_id: uuid,
    document: z.string(),
    document_id: uuid,
    version_id: uuid,
    section_id: z.string(),
    title: z.string(),
    output: outputFormat,
    words: z.object({ min: z.int(), target: z.int(), max: z.int() }),
    max_output_tokens: z.int().positive(),
    /** Provider time left for this section, in milliseconds. */
    timeout_ms: z.int().positive(),
    provider: z.string(),
    model: z.string(),
    prompt,
    /** What the prompts of a stage's sections share: the system part, and so many parts of the user part. */
    prefix: z.object({ parts: z.int().nonnegative(), key: z.string() }).nullable().default(null),
    /** What the workspace may spend in this period, and what it has spent by the ledger, in micro-units; null: no budget. */
    budget: z
      .object({ period: z.string(), limit: z.int().nonnegative(), spent: z.int().nonnegative() })
      .nullable()
      .default(null),
    hashes: stepHashes,
    /** What the text is held against beside `words`; null where the sender knows of no such thing, and nothing is. */
    lint: z
      .object({
        /** Titles of the document's other sections. */
        other_titles: z.array(z.string()),
        /** Language the text is to be in, ISO 639-1; `unknown`: not judged. */
        language: z.string(),
      })
      .nullable()
      .default(null),
    /** True when an earlier try broke the schema or was cut off; `detail` says how, for the one repair. */
    repair: z.object({ code: z.string(), detail: z.string() }).nullable(),
  }),
});

export const stepCancel = defineMessage({
  name: 'step.cancel',
  version: 1,
  kind: 'command',
  audience: 'everyone',
  summary: 'Broadcast to generators: stop these steps, close the provider connection, keep the partial text.',
  payload: z.object({ run_id: uuid, steps: z.array(z.object({ step_id: uuid, attempt: z.int().positive() })) }),
});
