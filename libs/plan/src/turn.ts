import type { Effect } from './effects.js';
import { PREFIX_CACHE } from './prefix-cache.js';
import type { DocumentState, Instant, StepState } from './state.js';
import { isOpen, type Place, stepsOfStage } from './steps.js';

/**
 * A run that writes sections may be given more of them. One that comes before sections whose turn it was already makes
 * these wait: a step whose command may not be sent yet is taken back, and one that waits for an instant, or is tried
 * again, is held until it is its turn. Otherwise it would be made from a plan that lacks the section. What a generator
 * writes at that moment is left to it: it was made from the text as it was.
 *
 * A held step goes out in the decision that ends what it waits for. Its instant is only a net.
 */
export const INPUTS = 'inputs';

const NET_MS = 60_000;

/** Reasons of a delay that is for another section of the run, not for an instant: people see such a step as queued. */
export const SECTION_WAITS: readonly string[] = [INPUTS, PREFIX_CACHE];

export function waitsForSection(reason: string | null): boolean {
  return reason !== null && SECTION_WAITS.includes(reason);
}

export function isHeld(step: StepState): boolean {
  return step.status === 'delayed' && step.reason === INPUTS;
}

/** Every stage before has ended and, where sections are written one after another, all before it have. */
export function isItsTurn({ document, step }: Place): boolean {
  const stage = document.blueprint.stages.find((candidate) => stepsOfStage(document, candidate).some(isOpen));
  if (stage?.number !== step.stage) return false;
  return stage.mode === 'parallel' || stepsOfStage(document, stage).find(isOpen)?.stepId === step.stepId;
}

/** Steps that went ahead of what was added: their commands may be out, or they wait behind one whose command is. */
export function goneAhead(document: DocumentState): StepState[] {
  return document.steps.filter((step) => {
    const isOut = step.status === 'queued' && step.attempt > 0;
    const isBehind = step.status === 'delayed' && step.reason === PREFIX_CACHE;
    return (isOut || isBehind) && !isItsTurn({ document, step });
  });
}

/** Nothing is used up by it. */
export function holdOf(
  { stepId, rateLimits, ...step }: StepState,
  at: Instant,
  after: Partial<Pick<StepState, 'tries' | 'spentMs' | 'repair'>> = {},
): Extract<Effect, { type: 'step_postponed' }> {
  const { tries, spentMs, repair } = { ...step, ...after };
  const kept = { tries, rateLimits, spentMs, repair };
  const nextAttemptAt = at + NET_MS;
  return { type: 'step_postponed', stepId, nextAttemptAt, reason: INPUTS, position: null, ...kept, problem: null };
}
