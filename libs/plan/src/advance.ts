import { problemOf, type BlueprintStage } from '@planwright/contracts';
import type { Decision } from './decision.js';
import type { Effect } from './effects.js';
import { isPrefixCached, waitForPrefix } from './prefix-cache.js';
import { chainProblem, isEndedVersion, outcomeOf } from './run-status.js';
import type { DocumentState, Instant, RunState, StepState } from './state.js';
import { completedSections, isOpen, openSteps, type Place, sectionOfStep, stepsOfStage, timeLimitMs } from './steps.js';
import { goneAhead, holdOf, isHeld, isItsTurn } from './turn.js';

/**
 * What starts or ends next, until nothing does. It is derived from the state alone, never from the event, so it can be
 * asked at any time: in health a second time adds nothing.
 */
export function advance(decision: Decision): void {
  for (let moves = nextMoves(decision); moves.length > 0; moves = nextMoves(decision)) decision.add(...moves);
}

function nextMoves({ state, at }: Decision): Effect[] {
  if (state.status !== 'running' && state.status !== 'queued') return [];
  if (state.cancelRequested) return windDown(state, at);
  if (state.status === 'queued') return [];
  const document = state.documents.find(({ status }) => !isEndedVersion(status));
  if (!document) return [{ type: 'run_ended', status: 'succeeded', problem: null, at }];
  if (document.status === 'queued') return [{ type: 'document_began', documentId: document.documentId }];
  return movesIn(state, document, at);
}

function movesIn(state: RunState, document: DocumentState, at: Instant): Effect[] {
  const ahead = goneAhead(document);
  if (ahead.length > 0) {
    return [...stopOf(ahead.filter(({ status }) => status === 'queued')), ...ahead.map((step) => holdOf(step, at))];
  }
  // The first, were it before the one that runs: a run that writes sections may be given more of them.
  const next = document.blueprint.stages.find((stage) => stepsOfStage(document, stage).some(isOpen));
  if (!next) return endDocument(state, document, at);
  if (next.number === document.currentStage) return movesInStage(state, document, next, at);
  const sections = stepsOfStage(document, next).map((step) => step.sectionId);
  return [{ type: 'stage_began', documentId: document.documentId, stage: next.number, sections }];
}

/**
 * Sequential: the first that has not ended. Parallel: all of them, or one and then the others once it streams, where that
 * makes them cheaper. Steps whose command is out are left alone.
 */
function movesInStage(state: RunState, document: DocumentState, stage: BlueprintStage, at: Instant): Effect[] {
  const steps = stepsOfStage(document, stage);
  const open = steps.filter(isOpen);
  const isSequential = stage.mode === 'sequential';
  const turn = isSequential ? open.slice(0, 1) : open;
  const unissued = turn.filter((step) => step.attempt === 0 || isHeld(step));
  const issue = (step: StepState) => firstIssueOf({ document, step }, at);
  if (isSequential || !state.cachesPrefix || isPrefixCached(steps)) return unissued.map(issue);
  if (steps.every((step) => step.attempt === 0)) return unissued.slice(0, 1).map(issue);
  return unissued
    .filter((step) => step.status === 'queued' || isHeld(step))
    .map((step) => {
      const move = issue(step);
      return move.type === 'step_issued' ? waitForPrefix(step, at) : move;
    });
}

type AfterTry = Partial<Pick<StepState, 'tries' | 'spentMs' | 'repair' | 'losses'>>;

/** The step's next attempt, if it is its turn; else it waits for that. */
export function goOn(place: Place, at: Instant, after: AfterTry = {}): Effect {
  return isItsTurn(place) ? firstIssueOf(place, at, after) : holdOf(place.step, at, after);
}

/**
 * A failed section of the same stage is skipped and the next one gets what there is, were it only the idea. What is made
 * from earlier stages has nothing to go by when all of them failed, and no call is made.
 */
function firstIssueOf(place: Place, at: Instant, after: AfterTry = {}): Effect {
  const { uses } = sectionOfStep(place);
  const completed = completedSections(place.document);
  const earlier = place.document.blueprint.stages
    .filter(({ number }) => number < place.step.stage)
    .flatMap(({ sections }) => sections);
  if (uses.some((id) => completed.has(id)) || !uses.some((id) => earlier.includes(id))) return issueOf(place, after);
  const detail = `None of the sections it is made from was completed (${titlesOf(place.document, uses).join(', ')})`;
  const { stepId, tries } = { ...place.step, ...after };
  return { type: 'section_failed', stepId, tries, problem: problemOf({ code: 'no_input', detail }), at };
}

/** The step's command under its next attempt, with the provider time that is left. */
function issueOf(place: Place, after: AfterTry): Extract<Effect, { type: 'step_issued' }> {
  const { stepId, attempt } = place.step;
  const { tries, spentMs, repair, losses } = { ...place.step, ...after };
  const timeoutMs = Math.max(1, Math.floor(timeLimitMs(place) - spentMs));
  return { type: 'step_issued', stepId, attempt: attempt + 1, timeoutMs, tries, spentMs, losses, repair };
}

/** The broadcast that stops these steps; nothing where there are none. */
export function stopOf(steps: readonly Pick<StepState, 'stepId' | 'attempt'>[]): Effect[] {
  if (steps.length === 0) return [];
  return [{ type: 'stop_requested', steps: steps.map(({ stepId, attempt }) => ({ stepId, attempt })) }];
}

/** A document that is not `ready` stops the chain: what comes after it is cancelled in the same decision. */
function endDocument(state: RunState, document: DocumentState, at: Instant): Effect[] {
  const status = outcomeOf(document);
  const ended: Effect = { type: 'document_ended', documentId: document.documentId, status };
  if (status === 'ready') return [ended];
  const after = state.documents.slice(state.documents.indexOf(document) + 1);
  const problem = chainProblem(document, status, after);
  return [ended, ...cancelDocuments(after, `upstream_${status}`, at), { type: 'run_ended', status, problem, at }];
}

/** After a cancel nothing is issued any more; the run ends when no generator holds a step of it. */
function windDown(state: RunState, at: Instant): Effect[] {
  const open = openSteps(state);
  const waiting = open.filter((step) => step.status !== 'running');
  if (waiting.length > 0) return waiting.map(({ stepId }) => cancelOf(stepId, 'cancelled', at));
  if (open.length > 0) return [];
  const unfinished = state.documents.filter(({ status }) => !isEndedVersion(status));
  return [
    ...cancelDocuments(unfinished, 'cancelled', at),
    { type: 'run_ended', status: 'cancelled', problem: null, at },
  ];
}

function cancelDocuments(documents: readonly DocumentState[], reason: string, at: Instant): Effect[] {
  return documents.flatMap(({ documentId, steps }): Effect[] => [
    ...steps.filter(isOpen).map(({ stepId }) => cancelOf(stepId, reason, at)),
    { type: 'document_ended', documentId, status: 'cancelled' },
  ]);
}

function cancelOf(stepId: string, reason: string, at: Instant): Effect {
  return { type: 'section_cancelled', stepId, reason, at };
}

function titlesOf(document: DocumentState, sectionIds: readonly string[]): string[] {
  return document.blueprint.sections.filter(({ id }) => sectionIds.includes(id)).map(({ title }) => title);
}
