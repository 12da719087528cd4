import { failureCode } from '@planwright/contracts';
import type { RunEvent } from '../src/events.js';
import { isEndedRun } from '../src/run-status.js';
import type { RunState } from '../src/state.js';
import { isOpen, openSteps } from '../src/steps.js';
import { decideAndCheck, holds } from './invariants.js';

/** One turn of the adversary: what it does, and two numbers to choose with. */
export interface Turn {
  act: (typeof ACTS)[number];
  pick: number;
  chance: number;
}

/** The more often an act is listed, the more often it happens. */
export const ACTS = [
  'work', 'work', 'work', 'work', 'work', 'work',
  'deliver', 'deliver', 'deliver', 'deliver', 'deliver', 'deliver',
  'wake', 'wake',
  'repeat', 'repeat',
  'drop',
  'lose',
  'invent', 'invent',
  'start',
  'check',
  'cancel',
  'wait',
  'join',
] as const; // prettier-ignore

const CODES = failureCode.options;
const STEP_FACTS = [
  'step_started',
  'step_streaming',
  'step_generated',
  'step_cancelled',
  'step_lost',
  'step_due',
] as const;

interface Worker {
  stepId: string;
  attempt: number;
  phase: 'idle' | 'started' | 'streaming';
}

/**
 * A run among generators that are slow, die and lie, and a network that delays, reorders, repeats and loses what they
 * say. After every event the invariants are checked.
 */
export class World {
  now = 0;
  events = 0;
  /** Sections that were given to the run while others were being written, and steps that were held for them. */
  joined = 0;
  held = 0;
  /** Types of the events on which a section was issued that waited for another one to go first. */
  readonly followed = new Set<RunEvent['type']>();
  private workers: Worker[] = [];
  private readonly inFlight: RunEvent[] = [];
  private readonly delivered: RunEvent[] = [];
  private readonly issued = new Set<string>();

  constructor(
    public state: RunState,
    private readonly transitions: Set<string>,
  ) {}

  play({ act, pick, chance }: Turn): void {
    switch (act) {
      case 'work':
        return this.work(pick, chance);
      case 'deliver':
        return this.deliver(...this.inFlight.splice(pick % Math.max(1, this.inFlight.length), 1));
      case 'repeat':
        return this.deliver(...this.delivered.slice(pick % Math.max(1, this.delivered.length)).slice(0, 1));
      case 'drop':
        this.inFlight.splice(pick % Math.max(1, this.inFlight.length), 1);
        return;
      case 'wake':
        return this.wake(pick, chance);
      case 'lose':
        return this.lose(pick);
      case 'invent':
        return this.deliver(this.invent(pick, chance));
      case 'start':
        return this.deliver({ type: 'run_started', at: this.now });
      case 'check':
        return this.deliver({ type: 'run_checked', at: this.now });
      case 'cancel':
        return chance % 6 === 0 ? this.deliver({ type: 'cancel_requested', at: this.now }) : undefined;
      case 'wait':
        this.now += chance;
        return;
      case 'join':
        return this.join(pick);
    }
  }

  /** A person wants a section anew that the run has taken over: it is set aside, and its step waits for its turn. */
  private join(pick: number): void {
    const { state } = this;
    const open = state.documents.filter(({ status }) => status === 'queued' || status === 'generating');
    const document = open[pick % Math.max(1, open.length)];
    const sectionId = document?.carried[pick % Math.max(1, document.carried.length)];
    if (!document || sectionId === undefined || state.cancelRequested) return;
    const stage = document.blueprint.stages.find(({ sections }) => sections.includes(sectionId))?.number ?? 0;
    const unused = { attempt: 0, tries: 0, rateLimits: 0, spentMs: 0, losses: 0, repair: null };
    const carried = document.carried.filter((id) => id !== sectionId);
    const steps = [...document.steps, { stepId: sectionId, sectionId, stage, ...unused, status: 'queued' as const }];
    const documents = state.documents.map((other) => (other === document ? { ...document, carried, steps } : other));
    this.state = { ...state, documents };
    this.joined++;
    if (state.status === 'running') this.deliver({ type: 'run_started', at: this.now });
  }

  /** From here on every worker answers and every instant comes: the run must end. */
  finish(): void {
    for (let rounds = 0; !isEndedRun(this.state.status); rounds++) {
      holds(rounds < 200, 'every run can end', this.state);
      if (this.state.status === 'queued') this.deliver({ type: 'run_started', at: this.now });
      for (const step of openSteps(this.state)) {
        if (step.status === 'queued' && step.attempt === 0) continue;
        if (step.status === 'delayed') this.now = Math.max(this.now, step.nextAttemptAt);
        const fence = { stepId: step.stepId, attempt: step.attempt, at: this.now };
        if (step.status === 'delayed') this.deliver({ type: 'step_due', ...fence });
        else if (rounds % 3 === 1) this.deliver({ ...this.failure(rounds, 0.5), ...fence });
        else this.deliver({ type: 'step_generated', ...fence });
      }
    }
  }

  private deliver(...events: RunEvent[]): void {
    for (const event of events) {
      // A copy that comes later is read later: the shell stamps events with its own clock.
      const read = { ...event, at: Math.max(event.at, this.now) };
      const before = openSteps(this.state).filter(({ status, attempt }) => status === 'delayed' && attempt === 0);
      const { effects, state } = decideAndCheck(this.state, read, this.issued, this.transitions);
      this.state = state;
      this.events++;
      this.delivered.push(event);
      for (const effect of effects) {
        if (effect.type === 'step_issued') this.workers.push({ ...effect, phase: 'idle' });
        if (effect.type === 'step_issued' && before.some(({ stepId }) => stepId === effect.stepId))
          this.followed.add(event.type);
        if (effect.type === 'stop_requested') this.stop(effect.steps);
        if (effect.type === 'step_postponed' && effect.reason === 'inputs') this.held++;
      }
    }
  }

  /** The broadcast reaches those who already began. */
  private stop(steps: readonly { stepId: string; attempt: number }[]): void {
    for (const { stepId, attempt } of steps) {
      const held = this.workers.find((worker) => worker.stepId === stepId && worker.attempt === attempt);
      if (held && held.phase !== 'idle') this.settle(held, { type: 'step_cancelled', stepId, attempt, at: this.now });
    }
  }

  private work(pick: number, chance: number): void {
    const worker = this.workers[pick % Math.max(1, this.workers.length)];
    if (!worker) return;
    const { stepId, attempt, phase } = worker;
    const fence = { stepId, attempt, at: this.now };
    this.now += chance % 20_000;
    if (chance % 23 === 0) this.workers = this.workers.filter((other) => other !== worker);
    else if (chance % 19 === 0) this.settle(worker, this.delay(fence, chance));
    else if (chance % 5 === 0) this.settle(worker, { ...this.failure(pick, (chance % 100) / 100), ...fence });
    else if (phase === 'idle') this.say(worker, 'started', { type: 'step_started', ...fence });
    else if (phase === 'started') this.say(worker, 'streaming', { type: 'step_streaming', ...fence });
    else this.settle(worker, { type: 'step_generated', ...fence });
  }

  private say(worker: Worker, phase: Worker['phase'], event: RunEvent): void {
    worker.phase = phase;
    this.inFlight.push(event);
  }

  private settle(worker: Worker, event: RunEvent): void {
    this.workers = this.workers.filter((other) => other !== worker);
    this.inFlight.push(event);
  }

  private failure(pick: number, jitter: number) {
    const code = CODES[pick % CODES.length] ?? 'auth';
    const resets_at = code === 'rate_limited' && pick % 2 ? new Date(this.now + pick).toISOString() : null;
    return { type: 'step_failed' as const, jitter, failure: { code, detail: 'It broke.', resets_at } };
  }

  private delay(fence: { stepId: string; attempt: number; at: number }, chance: number): RunEvent {
    return { type: 'step_delayed', ...fence, nextAttemptAt: this.now + chance, reason: 'requests', position: null };
  }

  /** The due-scanner, sometimes too early. */
  private wake(pick: number, chance: number): void {
    const waiting = openSteps(this.state).filter((step) => step.status === 'delayed');
    const step = waiting[pick % Math.max(1, waiting.length)];
    if (step?.status !== 'delayed') return;
    if (chance % 4 !== 0) this.now = Math.max(this.now, step.nextAttemptAt);
    this.deliver({ type: 'step_due', stepId: step.stepId, attempt: step.attempt, at: this.now });
  }

  /** The sweeper loses patience with a step that may well be alive. */
  private lose(pick: number): void {
    const silent = openSteps(this.state).filter(({ attempt }) => attempt > 0);
    const step = silent[pick % Math.max(1, silent.length)];
    if (step) this.deliver({ type: 'step_lost', stepId: step.stepId, attempt: step.attempt, at: this.now });
  }

  /** An event that nobody should have sent: any step, ended and untouched ones too, under an attempt that is not its own. */
  private invent(pick: number, chance: number): RunEvent {
    const steps = this.state.documents.flatMap((document) => document.steps);
    const step = steps[pick % (steps.length + 1)];
    const wrong = step && isOpen(step) ? step.attempt + (chance % 2 ? 1 : -1) : chance % 3;
    const fence = { stepId: step?.stepId ?? 'nobody', attempt: wrong, at: this.now };
    const type = STEP_FACTS[chance % STEP_FACTS.length];
    if (type) return { type, ...fence };
    return { ...this.failure(pick, 0), ...fence };
  }
}
