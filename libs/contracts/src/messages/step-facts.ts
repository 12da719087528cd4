import { z } from 'zod';
import { failure } from '../failures.js';
import { instant, uuid } from '../ids.js';
import { providerCall } from '../provider.js';
import { textWarning } from '../text-warning.js';
import { usage } from '../usage.js';
import { defineMessage } from './define-message.js';
import { stepHashes } from './step-hashes.js';

/** Every fact of a generator names the step and the attempt it speaks of. */
const fence = z.object({ run_id: uuid, step_id: uuid, attempt: z.int().positive() });

/** What the attempt used: in all, and call by call for the ledger. A release that knows no calls sends none. */
const spent = { usage: usage.nullable(), calls: z.array(providerCall).default([]) };

export const stepStarted = defineMessage({
  name: 'step.started',
  version: 1,
  kind: 'fact',
  audience: 'orchestrator',
  summary: 'A generator has taken the step and is about to call the provider.',
  payload: fence.extend({ started_at: instant }),
});

export const stepStreaming = defineMessage({
  name: 'step.streaming',
  version: 1,
  kind: 'fact',
  audience: 'orchestrator',
  summary: 'The first content of this attempt arrived.',
  payload: fence.extend({
    /** Other sections wait for it, to share what the provider has cached by then. */
    awaited: z.boolean().default(false),
  }),
});

export const stepGenerated = defineMessage({
  name: 'step.generated',
  version: 1,
  kind: 'fact',
  audience: 'orchestrator',
  summary: 'The provider finished the section; this is the whole text, byte for byte as streamed.',
  payload: fence.extend({
    content: z.string().min(1),
    provider: z.string(),
    model: z.string(),
    /** What is to be known of the text; a release that does not look sends none. */
    warnings: z.array(textWarning).max(50).default([]),
    ...spent,
    hashes: stepHashes,
    finished_at: instant,
  }),
});

export const stepDelayed = defineMessage({
  name: 'step.delayed',
  version: 1,
  kind: 'fact',
  audience: 'orchestrator',
  summary: 'The step waits for a known instant; slot and message are free.',
  payload: fence.extend({
    next_attempt_at: instant,
    reason: z.string(),
    position: z.int().positive().nullable(),
    /** Of models that were called in place of the one it waits for, and could not write. */
    usage: usage.nullable().default(null),
    calls: spent.calls,
  }),
});

export const stepFailed = defineMessage({
  name: 'step.failed',
  version: 1,
  kind: 'fact',
  audience: 'orchestrator',
  summary: 'This attempt failed; the engine decides whether it is tried again. Partial text is a draft, never content.',
  payload: fence.extend({ failure, draft: z.string().nullable(), ...spent }),
});

export const stepCancelled = defineMessage({
  name: 'step.cancelled',
  version: 1,
  kind: 'fact',
  audience: 'orchestrator',
  summary: 'The provider call was stopped on request.',
  payload: fence.extend({ draft: z.string().nullable(), ...spent }),
});

export const stepLost = defineMessage({
  name: 'step.lost',
  version: 1,
  kind: 'fact',
  audience: 'orchestrator',
  summary: 'A redelivered command found its attempt without a living worker; the engine issues attempt + 1.',
  payload: fence.extend({
    /** What the attempt used before it was given up, if its worker could tell. */
    usage: usage.nullable().default(null),
    calls: spent.calls,
  }),
});
