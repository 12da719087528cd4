import type { Blueprint, Failure, FailureCode } from '@planwright/contracts';
import { decideAll } from '../src/decide.js';
import type { Effect, IgnoreReason } from '../src/effects.js';
import type { RunEvent } from '../src/events.js';
import { newRunState } from '../src/new-run.js';
import type { RunState, StepState } from '../src/state.js';

/** A stage in few words: its mode and its sections, each with what it uses. */
export interface StageSketch {
  mode: 'sequential' | 'parallel';
  seconds?: number;
  sections: Record<string, string[]>;
}

/** A blueprint from a sketch; every section has a target of 100 words and its upper-case id as title. */
export function blueprintOf(document: string, stages: readonly StageSketch[], requires: string[] = []): Blueprint {
  const sections = stages.flatMap((stage) => Object.entries(stage.sections));
  return {
    id: document,
    version: 1,
    document,
    mode: null,
    title: `The ${document}`,
    requires,
    stages: stages.map(({ mode, seconds = 60, sections: own }, i) => {
      return { number: i + 1, mode, streamed: false, timeout_seconds: seconds, sections: Object.keys(own) };
    }),
    sections: sections.map(([id, uses], order) => {
      const words = { min: 50, target: 100, max: 200 };
      return {
        id,
        title: id.toUpperCase(),
        order,
        prompt: `p.${id}`,
        uses,
        output: 'markdown',
        words,
        max_output_tokens: 800,
      };
    }),
  };
}

/** Two one after another, two side by side, one from all of them. */
export const NOTES = blueprintOf('notes', [
  { mode: 'sequential', sections: { a: [], b: ['a'] } },
  { mode: 'parallel', seconds: 90, sections: { c: ['a', 'b'], d: ['a', 'b'] } },
  { mode: 'sequential', seconds: 45, sections: { e: ['a', 'b', 'c', 'd'] } },
]);
/** Made from the notes: one section. */
export const DIGEST = blueprintOf('digest', [{ mode: 'sequential', sections: { f: [] } }], ['notes']);

/** A queued run of the documents. Ids are readable: step `a`, document `notes`, version `notes.v1`. */
export function openRun(
  blueprints: readonly Blueprint[],
  more: {
    kind?: string;
    carried?: Record<string, string[]>;
    write?: Record<string, string[]>;
    cachesPrefix?: boolean;
  } = {},
): RunState {
  const state = newRunState({
    runId: 'run',
    kind: more.kind ?? 'plan',
    cachesPrefix: more.cachesPrefix ?? false,
    newStepId: () => 'to be named',
    documents: blueprints.map((blueprint) => {
      const { document } = blueprint;
      const [carried, write] = [more.carried?.[document], more.write?.[document]];
      return { documentId: document, versionId: `${document}.v1`, blueprint, carried, write };
    }),
  });
  const named = (step: StepState) => ({ ...step, stepId: step.sectionId });
  return { ...state, documents: state.documents.map((d) => ({ ...d, steps: d.steps.map(named) })) };
}

export function after(state: RunState, events: readonly RunEvent[]): RunState {
  return events.reduce((current, event) => decideAll(current, event).state, state);
}

export function stepOf(state: RunState, stepId: string): StepState {
  const step = state.documents.flatMap(({ steps }) => steps).find((candidate) => candidate.stepId === stepId);
  if (!step) throw new Error(`no step ${stepId}`);
  return step;
}

export const START: RunEvent = { type: 'run_started', at: 0 };
export const CANCEL: RunEvent = { type: 'cancel_requested', at: 0 };
export const CHECK: RunEvent = { type: 'run_checked', at: 0 };

export const started = (stepId: string, attempt = 1, at = 0): RunEvent => ({
  type: 'step_started',
  stepId,
  attempt,
  at,
});
export const streaming = (stepId: string, attempt = 1): RunEvent => ({
  type: 'step_streaming',
  stepId,
  attempt,
  at: 0,
});
export const generated = (stepId: string, attempt = 1, at = 0): RunEvent => {
  return { type: 'step_generated', stepId, attempt, at };
};
export const cancelled = (stepId: string, attempt = 1): RunEvent => ({
  type: 'step_cancelled',
  stepId,
  attempt,
  at: 0,
});
export const lost = (stepId: string, attempt = 1, at = 0): RunEvent => ({ type: 'step_lost', stepId, attempt, at });
export const due = (stepId: string, attempt: number, at: number): RunEvent => ({
  type: 'step_due',
  stepId,
  attempt,
  at,
});
export const delayed = (stepId: string, attempt = 1, nextAttemptAt = 700): RunEvent => {
  return { type: 'step_delayed', stepId, attempt, at: 0, nextAttemptAt, reason: 'requests', position: 3 };
};
/** What a section that waits for another one of its stage to go first is told. */
export const behind = (stepId: string, nextAttemptAt = 3_000): Effect => {
  const unused = { tries: 0, rateLimits: 0, spentMs: 0, repair: null, problem: null };
  return { type: 'step_postponed', stepId, nextAttemptAt, reason: 'prefix_cache', position: null, ...unused };
};
/** With jitter 0.5 a wait is exactly the policy's. */
export const failed = (
  stepId: string,
  code: FailureCode,
  {
    attempt = 1,
    at = 0,
    jitter = 0.5,
    resets_at = null,
  }: Partial<{ attempt: number; at: number; jitter: number } & Failure> = {},
): RunEvent => ({
  type: 'step_failed',
  stepId,
  attempt,
  at,
  jitter,
  failure: { code, detail: 'It broke.', resets_at },
});

/** `a` to `z` done on their first attempts. */
export const done = (...stepIds: string[]): RunEvent[] => stepIds.flatMap((id) => [started(id), generated(id)]);

export const ignored = (reason: IgnoreReason): Effect[] => [{ type: 'ignored', reason }];
export const issued = (
  stepId: string,
  timeoutSeconds = 60,
  more: Partial<Extract<Effect, { type: 'step_issued' }>> = {},
) => {
  const first = { attempt: 1, tries: 0, spentMs: 0, losses: 0, repair: null };
  return { type: 'step_issued', stepId, timeoutMs: timeoutSeconds * 1000, ...first, ...more } as const;
};
export const stopRequested = (...steps: [stepId: string, attempt: number][]): Effect => ({
  type: 'stop_requested',
  steps: steps.map(([stepId, attempt]) => ({ stepId, attempt })),
});
export const completed = (stepId: string): Effect => ({ type: 'section_completed', stepId, startedAt: 0, at: 0 });
export const progressed = (
  documentId: string,
  sectionsCompleted: number,
  sectionsTotal: number,
  etaSeconds: number | null = null,
): Effect => {
  return { type: 'progressed', documentId, sectionsCompleted, sectionsTotal, etaSeconds };
};
export const stageBegan = (documentId: string, stage: number, ...sections: string[]): Effect => {
  return { type: 'stage_began', documentId, stage, sections };
};
export const sectionCancelled = (stepId: string, reason = 'cancelled'): Effect => {
  return { type: 'section_cancelled', stepId, reason, at: 0 };
};
export const documentEnded = (
  documentId: string,
  status: Extract<Effect, { type: 'document_ended' }>['status'],
): Effect => {
  return { type: 'document_ended', documentId, status };
};
export const runCancelled: Effect = { type: 'run_ended', status: 'cancelled', problem: null, at: 0 };
