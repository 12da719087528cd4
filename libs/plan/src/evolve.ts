import type { Effect } from './effects.js';
import type { DocumentState, RunState, StepState } from './state.js';
import { unreachable } from './unreachable.js';

type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

const NOT_WAITING = { waiting: false };

/** The state after an effect. Never changes the given one; keeps every part the effect does not touch. */
export function evolve(state: RunState, effect: Effect): RunState {
  switch (effect.type) {
    case 'run_began':
      return { ...state, status: 'running' };
    case 'cancel_noted':
      return { ...state, cancelRequested: true };
    case 'run_ended':
      return { ...state, ...(state.waiting && NOT_WAITING), status: effect.status, problem: effect.problem };
    case 'document_began':
      return withDocument(state, effect.documentId, (document) => ({ ...document, status: 'generating' }));
    case 'document_ended':
      return withDocument(state, effect.documentId, (document) => ({ ...document, status: effect.status }));
    case 'stage_began':
      return withDocument(state, effect.documentId, (document) => ({ ...document, currentStage: effect.stage }));
    case 'step_issued':
      return withStep(state, effect.stepId, (step) => issued(step, effect));
    case 'step_began':
      return withStep(state, effect.stepId, (step) => began(step, effect));
    case 'step_streamed':
      return withStep(state, effect.stepId, streamed);
    case 'step_postponed':
      return withStep(state, effect.stepId, (step) => postponed(step, effect));
    case 'section_completed':
      return withStep(state, effect.stepId, (step) => completed(step, effect));
    case 'section_failed':
      return withStep(state, effect.stepId, (step) => failed(step, effect));
    case 'section_cancelled':
      return withStep(state, effect.stepId, (step) => cancelled(step, effect));
    case 'progressed':
    case 'stop_requested':
    case 'ignored':
      return state;
    default:
      return unreachable(effect);
  }
}

function issued(step: StepState, { attempt, tries, spentMs, losses, repair }: EffectOf<'step_issued'>): StepState {
  return { ...base(step), status: 'queued', attempt, tries, spentMs, losses, repair };
}

function began(step: StepState, effect: EffectOf<'step_began'>): StepState {
  return { ...base(step), status: 'running', startedAt: effect.at, streaming: false };
}

function streamed(step: StepState): StepState {
  return step.status === 'running' ? { ...step, streaming: true } : step;
}

function postponed(step: StepState, effect: EffectOf<'step_postponed'>): StepState {
  const { nextAttemptAt, reason, position, tries, rateLimits, spentMs, repair } = effect;
  return { ...base(step), status: 'delayed', nextAttemptAt, reason, position, tries, rateLimits, spentMs, repair };
}

function completed(step: StepState, { startedAt, at }: EffectOf<'section_completed'>): StepState {
  return { ...base(step), status: 'succeeded', startedAt, finishedAt: at };
}

function failed(step: StepState, { tries, problem }: EffectOf<'section_failed'>): StepState {
  return { ...base(step), status: 'failed', tries, problem };
}

function cancelled(step: StepState, { reason }: EffectOf<'section_cancelled'>): StepState {
  return { ...base(step), status: 'cancelled', reason };
}

/** What a step has in every status, without what only the present one has. */
function base({ stepId, sectionId, stage, attempt, tries, rateLimits, spentMs, losses, repair }: StepState) {
  return { stepId, sectionId, stage, attempt, tries, rateLimits, spentMs, losses, repair };
}

function withDocument(
  state: RunState,
  documentId: string,
  change: (document: DocumentState) => DocumentState,
): RunState {
  const documents = state.documents.map((document) =>
    document.documentId === documentId ? change(document) : document,
  );
  return { ...state, documents };
}

function withStep(state: RunState, stepId: string, change: (step: StepState) => StepState): RunState {
  const documents = state.documents.map((document) => {
    if (!document.steps.some((step) => step.stepId === stepId)) return document;
    return { ...document, steps: document.steps.map((step) => (step.stepId === stepId ? change(step) : step)) };
  });
  return { ...state, documents };
}
