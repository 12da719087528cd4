import { decideAll } from '../src/decide.js';
import type { Effect } from '../src/effects.js';
import type { RunEvent } from '../src/events.js';
import { evolve } from '../src/evolve.js';
import { isEndedRun, isEndedVersion } from '../src/run-status.js';
import {
  RUN_TRANSITIONS,
  STEP_TRANSITIONS,
  VERSION_TRANSITIONS,
  type DocumentState,
  type RunState,
  type StepState,
} from '../src/state.js';
import { completedSections, findStep, isOpen, sectionOfStep, timeLimitMs } from '../src/steps.js';

export function holds(condition: boolean, what: string, about?: unknown): asserts condition {
  if (!condition) throw new Error(about === undefined ? what : `${what}: ${JSON.stringify(about)}`);
}

/** What every decision keeps, whatever came before it. `issued` and `transitions` grow over a run or many. */
export function decideAndCheck(
  state: RunState,
  event: RunEvent,
  issued: Set<string>,
  transitions: Set<string>,
  machine: typeof decideAll = decideAll,
): { effects: readonly Effect[]; state: RunState } {
  const decision = machine(deepFreeze(state), deepFreeze(event));
  holds(decision.effects.length > 0, 'a decision has an effect', event);
  let current = state;
  for (const effect of decision.effects) {
    if (effect.type === 'step_issued') checkIssue(current, effect, issued);
    if (effect.type === 'step_issued') checkOrder(current, effect, event);
    if (effect.type === 'step_postponed' && effect.reason === 'prefix_cache')
      holds(effect.nextAttemptAt === event.at + 3_000, 'nobody waits longer for a prefix than 3 s', effect);
    const next = evolve(current, effect);
    checkTransition(current, next, transitions);
    current = next;
  }
  same(current, decision.state, 'folding the effects gives the state');
  const ignored = decision.effects.some(({ type }) => type === 'ignored');
  holds(!ignored || (decision.effects.length === 1 && decision.state === state), 'ignoring changes nothing', decision);
  const told = decision.effects.filter(({ type }) => type === 'section_completed');
  holds(told.length <= 1, 'a fact completes at most one section', decision.effects);
  holds(machine(decision.state, event).state === decision.state, 'a second time changes nothing', event);
  const check: RunEvent = { type: 'run_checked', at: event.at };
  holds(machine(decision.state, check).state === decision.state, 'nothing is left undone', decision);
  checkState(decision.state);
  return decision;
}

function checkIssue(state: RunState, effect: Extract<Effect, { type: 'step_issued' }>, issued: Set<string>): void {
  const place = findStep(state, effect.stepId);
  holds(place !== undefined, 'an issued step exists', effect);
  const { document, step } = place;
  const key = `${effect.stepId} ${effect.attempt}`;
  holds(!issued.has(key), 'an attempt is issued once', effect);
  issued.add(key);
  holds(effect.attempt === step.attempt + 1, 'attempts rise by one', effect);
  holds(state.status === 'running' && !state.cancelRequested, 'only a run that is wanted issues', effect);
  holds(document.status === 'generating', 'only the document being written issues', effect);
  const limit = timeLimitMs(place);
  holds(
    Number.isInteger(effect.timeoutMs) && effect.timeoutMs >= 1 && effect.timeoutMs <= limit,
    'time is left',
    effect,
  );
  const isDone = (id: string) => !document.steps.some((other) => other.sectionId === id && isOpen(other));
  const { uses } = sectionOfStep(place);
  holds(uses.every(isDone), 'no step runs before its inputs ended', effect);
  const completed = completedSections(document);
  const stage = document.blueprint.stages.find((candidate) => candidate.number === step.stage);
  const fromBefore = uses.filter((id) => !stage?.sections.includes(id));
  holds(
    fromBefore.length === 0 || uses.some((id) => completed.has(id)),
    'no step runs with nothing from the stages before it',
    effect,
  );
  holds(document.currentStage === step.stage && stage !== undefined, 'only the current stage issues', effect);
  const earlier = document.steps.filter((other) => other.stage < step.stage);
  holds(!earlier.some(isOpen), 'a stage waits for the ones before it', effect);
  if (stage.mode === 'parallel') return;
  const before = stage.sections.slice(0, stage.sections.indexOf(step.sectionId));
  holds(before.every(isDone), 'a sequential stage writes one section at a time', effect);
}

/** Where beginnings are cached, a section of a parallel stage is issued first, behind one that streams, or when it is due. */
function checkOrder(state: RunState, { stepId }: Extract<Effect, { type: 'step_issued' }>, event: RunEvent): void {
  const { document, step } = findStep(state, stepId) ?? {};
  if (!state.cachesPrefix || !document || step?.attempt !== 0) return;
  if (document.blueprint.stages.find(({ number }) => number === step.stage)?.mode !== 'parallel') return;
  const issued = issuedBeside(document, step);
  const isDue =
    step.status === 'delayed' && event.type === 'step_due' && event.stepId === stepId && event.at >= step.nextAttemptAt;
  holds(isDue || issued.length === 0 || !issued.every(isBeforeContent), 'one section goes first', [step, event]);
}

function issuedBeside({ steps }: DocumentState, { stage }: StepState): StepState[] {
  return steps.filter((other) => other.stage === stage && other.attempt > 0);
}

function isBeforeContent(step: StepState): boolean {
  return step.attempt === 1 && (step.status === 'queued' || (step.status === 'running' && !step.streaming));
}

/** Nobody waits for a prefix in vain, and nobody else waits without having been issued. */
function checkWaiting(state: RunState, document: DocumentState): void {
  for (const step of document.steps) {
    if (step.status === 'queued' && step.attempt > 0)
      holds(!isOpenBefore(document, step), 'nobody goes ahead of what was added', document);
    if (step.status === 'delayed' && step.reason === 'inputs')
      holds(isOpenBefore(document, step), 'who is held waits for somebody', document);
    if (step.status !== 'delayed' || step.reason === 'inputs') continue;
    if (step.attempt > 0 && step.reason !== 'prefix_cache') continue;
    const { attempt, tries, rateLimits, spentMs, position, reason } = step;
    const isUnused = [attempt, tries, rateLimits, spentMs].every((count) => count === 0) && position === null;
    holds(isUnused && reason === 'prefix_cache', 'a step that waits for a prefix has used nothing', step);
    const stage = document.blueprint.stages.find(({ number }) => number === step.stage);
    holds(state.cachesPrefix === true && stage?.mode === 'parallel', 'a step waits only for a prefix it shares', step);
    const issued = issuedBeside(document, step);
    holds(issued.length > 0 && issued.every(isBeforeContent), 'who waits for a prefix waits for somebody', document);
  }
}

function isOpenBefore({ steps, blueprint }: DocumentState, step: StepState): boolean {
  const stage = blueprint.stages.find(({ number }) => number === step.stage);
  const place = (id: string) => stage?.sections.indexOf(id) ?? -1;
  return steps.some((other) => {
    if (!isOpen(other)) return false;
    if (other.stage !== step.stage) return other.stage < step.stage;
    return stage?.mode === 'sequential' && place(other.sectionId) < place(step.sectionId);
  });
}

function checkTransition(from: RunState, to: RunState, seen: Set<string>): void {
  legal('run', RUN_TRANSITIONS, from.status, to.status, seen);
  holds(!from.cancelRequested || to.cancelRequested, 'a wish to stop is never taken back');
  from.documents.forEach((document, i) => {
    const next = to.documents[i];
    holds(next !== undefined, 'documents stay');
    legal('version', VERSION_TRANSITIONS, document.status, next.status, seen);
    const isAdded = next.steps.some(({ stage, attempt }) => stage === next.currentStage && attempt === 0);
    holds(
      (next.currentStage ?? 0) >= (document.currentStage ?? 0) || isAdded,
      'stages only go up, or to what was added',
    );
    document.steps.forEach((step, j) => {
      const changed = next.steps[j];
      holds(changed !== undefined && changed.stepId === step.stepId, 'steps stay');
      if (changed === step) return;
      holds(STEP_TRANSITIONS[step.status].includes(changed.status), 'steps change legally', [step, changed]);
      seen.add(`step ${step.status} ${changed.status}`);
      holds(changed.attempt >= step.attempt, 'attempts never fall', [step, changed]);
      holds(changed.tries >= step.tries && changed.spentMs >= step.spentMs, 'tries and time never fall', [
        step,
        changed,
      ]);
    });
  });
}

function legal<S extends string>(
  of: string,
  transitions: Readonly<Record<S, readonly S[]>>,
  from: S,
  to: S,
  seen: Set<string>,
): void {
  if (from === to) return;
  holds(transitions[from].includes(to), `a ${of} changes legally`, [from, to]);
  seen.add(`${of} ${from} ${to}`);
}

function checkState(state: RunState): void {
  holds(isStorable(deepFreeze(state)), 'a state can be stored', state);
  const open = state.documents.filter(({ status }) => !isEndedVersion(status));
  if (isEndedRun(state.status)) {
    holds(open.length === 0, 'an ended run has no open document', state);
    holds(!state.documents.some(({ steps }) => steps.some(isOpen)), 'an ended run has no open step', state);
    const ready = state.documents.every(({ status }) => status === 'ready');
    holds((state.status === 'succeeded') === ready, 'succeeded means that every document is ready', state.status);
    holds(
      (state.problem !== null) === (state.status === 'partial' || state.status === 'failed'),
      'a stopped chain says why',
    );
  } else {
    holds(open.length > 0, 'a run with nothing open has ended', state);
  }
  for (const document of state.documents) checkWaiting(state, document);
  state.documents.forEach((document, i) => checkDocument(document, state.documents.slice(0, i)));
}

function checkDocument(document: DocumentState, before: readonly DocumentState[]): void {
  const total = document.blueprint.sections.length;
  const completed = completedSections(document).size;
  holds(document.status !== 'ready' || completed === total, 'ready means complete', document);
  holds(document.status !== 'partial' || (completed > 0 && completed < total), 'partial means some', document);
  holds(document.status !== 'failed' || completed === 0, 'failed means none', document);
  const begun = document.status === 'generating' || document.steps.some(({ attempt }) => attempt > 0);
  holds(!begun || before.every(({ status }) => status === 'ready'), 'a document begins after ready ones', document);
}

function same(a: unknown, b: unknown, what: string): void {
  holds(isEqual(a, b), what, [a, b]);
}

/** Compares by value, and only what is not the same object. */
function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [own, others] = [Object.entries(a), Object.entries(b)];
  return (
    own.length === others.length && own.every(([key, value]) => key in b && isEqual(value, b[key as keyof typeof b]))
  );
}

const STORABLE = new WeakSet<object>();

/** True for what JSON gives back as it was. Frozen values are looked at once. */
function isStorable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (STORABLE.has(value)) return true;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain || !Object.values(value).every(isStorable)) return false;
  if (Object.isFrozen(value)) STORABLE.add(value);
  return true;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
