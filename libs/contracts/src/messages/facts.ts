import { z } from 'zod';
import { uuid } from '../ids.js';
import { runStatus } from '../statuses.js';
import { defineMessage } from './define-message.js';

/**
 * The orchestrator's facts: committed, numbered per run without gaps (`n` = 1, 2, …). They carry ids, not text; the
 * live event of number `n` is stored in `run_events`.
 */
const numbered = z.object({ run_id: uuid, project_id: uuid, n: z.int().positive() });
const inDocument = numbered.extend({ document: z.string(), document_id: uuid });
const inSection = inDocument.extend({ section_id: z.string(), step_id: uuid, attempt: z.int().positive() });

export const runStageStarted = defineMessage({
  name: 'run.stage_started',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A stage of a document began.',
  payload: inDocument.extend({ stage: z.int().positive() }),
});

export const runProgressed = defineMessage({
  name: 'run.progressed',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'The number of completed sections or the estimate changed.',
  payload: inDocument,
});

export const sectionCompleted = defineMessage({
  name: 'section.completed',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A section is stored.',
  payload: inSection,
});

export const sectionFailed = defineMessage({
  name: 'section.failed',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A section failed and will not be retried by itself.',
  payload: inSection.extend({ code: z.string() }),
});

export const sectionDelayed = defineMessage({
  name: 'section.delayed',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A section waits for a known instant.',
  payload: inSection,
});

export const documentCompleted = defineMessage({
  name: 'document.completed',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A version of a document ended, as ready, partial, failed or cancelled.',
  payload: inDocument.extend({ version_id: uuid, status: z.string() }),
});

export const runEnded = defineMessage({
  name: 'run.ended',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: 'A run ended; its status never changes again.',
  payload: numbered.extend({ status: runStatus }),
});

/** Facts of a project's channel are numbered per project; this one tells the notifier that there is something to read. */
export const projectChanged = defineMessage({
  name: 'project.changed',
  version: 1,
  kind: 'fact',
  audience: 'everyone',
  summary: "The project's event number `n` is committed (run.started, run.ended, task.*).",
  payload: z.object({ project_id: uuid, n: z.int().positive(), type: z.string() }),
});
