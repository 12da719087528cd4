import { decideAll } from '../../src/decide.js';
import type { IgnoreReason } from '../../src/effects.js';
import { isEndedRun } from '../../src/run-status.js';
import type { RunState, StepState } from '../../src/state.js';
import { isOpen } from '../../src/steps.js';
import { decideAndCheck } from '../invariants.js';
import { eventOf, NEWS } from './events.js';
import { attemptOf, fenceOf, item, Kind, kindOf, stepOf } from './items.js';
import { Violation, type Machine } from './scenario.js';

/** What the machine makes of an event. */
export interface Answer {
  readonly run: number;
  /** Bit i: the i-th step was issued. */
  readonly issued: number;
  /** Fences whose workers are told to stop. */
  readonly stops: readonly number[];
  /** As `step queued running`. */
  readonly transitions: ReadonlySet<string>;
}

/** Attempts never fall and what has ended stays so (`decideAndCheck`): such an event is ignored for ever. */
const FOR_EVER: ReadonlySet<IgnoreReason> = new Set<IgnoreReason>([
  'run_ended',
  'step_ended',
  'stale_attempt',
  'attempt_settled',
]);

/** One of each way of deciding. */
const LATE_NEWS = [Kind.started, Kind.generated, Kind.delayed, Kind.lost, Kind.failedFatal, Kind.due];

/** One state of the run, with what was found out about it. */
interface Known {
  readonly state: RunState;
  readonly steps: readonly StepState[];
  readonly stepKinds: readonly number[];
  /** Bit i: the i-th step's command is out and nobody is known to have begun it. */
  readonly queued: number;
  readonly answers: Map<number, Answer>;
  readonly over: Map<number, boolean>;
  readonly wanted: Map<number, boolean>;
}

/**
 * The run's states by number, each kept once, and the machine's answer to each event in each of them, asked and checked
 * once. Words for people and clocks are left out of what tells states apart, so there are few, and every kind of them.
 */
export class Runs {
  private readonly known: Known[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly stepKinds = new Map<string, number>();
  private readonly stepIds: readonly string[];

  constructor(
    readonly initial: RunState,
    private readonly machine: Machine = decideAll,
  ) {
    this.stepIds = initial.documents.flatMap(({ steps }) => steps.map(({ stepId }) => stepId));
    this.numberOf(initial);
  }

  get steps(): number {
    return this.stepIds.length;
  }

  nameOf(step: number): string {
    return this.stepIds[step] ?? 'nobody';
  }

  state(run: number): RunState {
    return this.at(run).state;
  }

  step(run: number, step: number): StepState {
    const state = this.at(run).steps[step];
    if (!state) throw new Error(`no step ${step}`);
    return state;
  }

  /** The same number for steps about which every decision is the same. */
  stepKind(run: number, step: number): number {
    return this.at(run).stepKinds[step] ?? 0;
  }

  queued(run: number): number {
    return this.at(run).queued;
  }

  isEnded(run: number): boolean {
    return isEndedRun(this.at(run).state.status);
  }

  /** The answer to an event; throws where the decision breaks an invariant. */
  ask(run: number, event: number): Answer {
    const { answers } = this.at(run);
    const known = answers.get(event);
    if (known) return known;
    const answer = this.decide(run, event);
    answers.set(event, answer);
    return answer;
  }

  /** True if whatever is told of this attempt is ignored for ever: all that still belongs to it is of no consequence. */
  isOver(run: number, code: number): boolean {
    const fence = fenceOf(code);
    const { over, state } = this.at(run);
    const known = over.get(fence);
    if (known !== undefined) return known;
    const isOver = NEWS.every((kind) => {
      const [first] = this.machine(state, this.event(state, kind, code)).effects;
      return first?.type === 'ignored' && FOR_EVER.has(first.reason);
    });
    over.set(fence, isOver);
    return isOver;
  }

  /** True if a result under this fence would be taken now. */
  isWanted(run: number, code: number): boolean {
    const fence = fenceOf(code);
    const { wanted, state } = this.at(run);
    const known = wanted.get(fence);
    if (known !== undefined) return known;
    const isWanted = this.machine(state, this.event(state, Kind.generated, code)).state !== state;
    wanted.set(fence, isWanted);
    return isWanted;
  }

  numberOf(state: RunState): number {
    const steps = state.documents.flatMap((document) => document.steps);
    const stepKinds = steps.map((step) => this.kindOfStep(stepKey(step)));
    const documents = state.documents.map(({ status, currentStage }) => `${status} ${currentStage}`);
    const key = [state.status, state.waiting, state.cancelRequested, ...documents, ...stepKinds].join('|');
    const number = this.byKey.get(key);
    if (number !== undefined) return number;
    const waits = ({ status, attempt }: StepState) => status === 'queued' && attempt > 0;
    const queued = steps.reduce((mask, step, i) => (waits(step) ? mask | (1 << i) : mask), 0);
    const found = { state, steps, stepKinds, queued, answers: new Map(), over: new Map(), wanted: new Map() };
    this.byKey.set(key, this.known.push(found) - 1);
    if (this.machine === decideAll) this.checkLateNews(found);
    return this.known.length - 1;
  }

  private kindOfStep(key: string): number {
    const kind = this.stepKinds.get(key) ?? this.stepKinds.size;
    this.stepKinds.set(key, kind);
    return kind;
  }

  private decide(run: number, code: number): Answer {
    const given = this.state(run);
    const transitions = new Set<string>();
    const event = this.event(given, kindOf(code), code);
    const { effects, state } = decideAndCheck(given, event, new Set(), transitions, this.machine);
    const stops = effects.flatMap((effect) => (effect.type === 'stop_requested' ? effect.steps : []));
    const issued = effects.flatMap((effect) => (effect.type === 'step_issued' ? [effect.stepId] : []));
    return {
      run: state === given ? run : this.numberOf(state),
      issued: issued.reduce((mask, stepId) => mask | (1 << this.stepIds.indexOf(stepId)), 0),
      stops: stops.map(({ stepId, attempt }) => fenceOf(item(Kind.stop, this.stepIds.indexOf(stepId), attempt))),
      transitions,
    };
  }

  /** Whatever is told of another attempt than the present one, of an ended step or an ended run changes nothing. */
  private checkLateNews({ state, steps }: Known): void {
    steps.forEach((step, i) => {
      const isOver = isEndedRun(state.status) || !isOpen(step);
      for (let attempt = 0; attempt <= step.attempt + 1; attempt++) {
        if (attempt === step.attempt && !isOver) continue;
        for (const kind of LATE_NEWS) {
          const event = this.event(state, kind, item(kind, i, attempt));
          if (this.machine(state, event).state !== state)
            throw new Violation(`${event.type} ${step.stepId}/${attempt} comes too late and changes something`);
        }
      }
    });
  }

  private event(state: RunState, kind: Kind, code: number) {
    return eventOf(state, kind, this.nameOf(stepOf(code)), attemptOf(code));
  }

  private at(run: number): Known {
    const known = this.known[run];
    if (!known) throw new Error(`no run state ${run}`);
    return known;
  }
}

function stepKey(step: StepState): string {
  const { status, attempt, tries, rateLimits, spentMs, losses, repair } = step;
  return [status, attempt, tries, rateLimits, spentMs, losses, repair?.code, ...ownOf(step)].join(' ');
}

/** What only a step of this status has. */
function ownOf(step: StepState): unknown[] {
  switch (step.status) {
    case 'delayed':
      return [step.nextAttemptAt];
    case 'running':
      return [step.startedAt, step.streaming];
    case 'failed':
      return [step.problem.code];
    case 'cancelled':
      return [step.reason];
    default:
      return [];
  }
}
