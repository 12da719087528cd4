import { isOpen } from '../../src/steps.js';
import { isStopped, type Act, ACTS, actsIn } from './acts.js';
import {
  as,
  attemptOf,
  fenceOf,
  isAlive,
  isCommand,
  isListening,
  isMark,
  isWorker,
  Kind,
  kindOf,
  stepOf,
  without,
  type System,
} from './items.js';
import type { Runs } from './runs.js';
import { Violation, type Scenario } from './scenario.js';

/** The run and everything around it: what can happen, and what is the state after. */
export class World {
  /** Transitions of runs, versions and steps that occurred. */
  readonly seen = new Set<string>();

  constructor(
    readonly runs: Runs,
    readonly scenario: Scenario,
  ) {}

  get initial(): System {
    return { run: 0, admitted: 0, faults: this.scenario.faults, items: [] };
  }

  acts(system: System): Act[] {
    return actsIn(system, this.runs, this.scenario);
  }

  /** Throws a `Violation`, or whatever the invariants of a decision throw. */
  after(system: System, act: Act): System {
    const faults = system.faults - (ACTS[act.name] === 'fault' ? 1 : 0);
    const next = this.happen({ ...system, faults }, act);
    return this.scenario.plain ? this.sorted(next) : this.settled(next);
  }

  private happen(system: System, { name, item: code, outcome }: Act): System {
    switch (name) {
      case 'promote':
        return { ...system, run: this.runs.numberOf({ ...this.runs.state(system.run), waiting: false }) };
      case 'start':
      case 'cancel':
      case 'check':
      case 'wake':
      case 'sweep':
      case 'sweepEarly':
        return this.tell(system, code);
      case 'deliver':
        return this.tell(swap(system, [code], []), code);
      case 'admit':
        return { ...swap(system, [], [as(Kind.command, code)]), admitted: system.admitted | (1 << stepOf(code)) };
      case 'take':
        return this.take(swap(system, [code], []), code);
      case 'write':
        return swap(system, [code], [as(Kind.writing, code), as(Kind.streaming, code)]);
      case 'finish':
      case 'fail':
        return this.end(system, code, outcome ?? Kind.generated);
      case 'hear':
        return this.hear(system, code);
      case 'acknowledge':
        return swap(system, [code], this.traceOf(code));
      case 'crash':
        return swap(system, [code], kindOf(code) < Kind.frozen ? [as(Kind.redelivered, code)] : []);
      case 'freeze':
        return swap(system, [code], [as(Kind.frozen, code), as(Kind.redelivered, code)]);
      case 'thaw':
        return swap(system, [code], [as(Kind.thawed, code)]);
      case 'drop':
        return swap(system, [code], []);
      case 'duplicate':
        return swap(system, [], [code]);
      case 'purge':
        return { ...system, items: system.items.filter(isWorker) };
    }
  }

  private get remembers(): boolean {
    return this.scenario.presence === 'kept';
  }

  /** The engine decides an event. Whoever is told to stop learns of it sooner or later. */
  private tell(system: System, event: number): System {
    const { run, issued, stops, transitions } = this.runs.ask(system.run, event);
    for (const transition of transitions) this.seen.add(transition);
    const kind = this.remembers ? Kind.stopped : Kind.stop;
    const marks = stops.map((fence) => as(kind, fence)).filter((mark) => !system.items.includes(mark));
    return { ...swap(system, [], marks), run, admitted: system.admitted & ~issued };
  }

  /** A generator gets a command. It claims the attempt first, so that nobody begins it twice. */
  private take(system: System, code: number): System {
    const isHeld = system.items.some((other) => isAlive(other) && fenceOf(other) === fenceOf(code));
    if (this.remembers) {
      if (isHeld || system.items.includes(as(Kind.settled, code))) return system;
      if (isStopped(system, code)) return swap(system, [], [as(Kind.cancelled, code)]);
    }
    if (kindOf(code) === Kind.redelivered || !this.isClaimable(system, code))
      return swap(system, [], [as(Kind.lost, code)]);
    const taken = swap(system, [], [as(Kind.calling, code), as(Kind.started, code)]);
    if (!this.remembers) return taken;
    this.checkCall(system, code);
    return swap(taken, [], [as(Kind.begun, code)]);
  }

  /** Nobody is known to have begun it, and nobody gave it up. */
  private isClaimable(system: System, code: number): boolean {
    if (!this.remembers) return true;
    const known = [as(Kind.begun, code), as(Kind.settled, code)];
    return !isStopped(system, code) && !system.items.some((mark) => known.includes(mark));
  }

  /** A call costs money: none begins that nobody wants any more. */
  private checkCall({ run }: System, code: number): void {
    if (this.runs.state(run).cancelRequested) throw new Violation('a call begins after the cancel was noted');
    if (!this.runs.isWanted(run, code)) throw new Violation('a call begins whose result nobody takes');
  }

  private end(system: System, code: number, outcome: Kind): System {
    const isOrphan = kindOf(code) === Kind.thawed;
    return swap(system, [code], isOrphan ? [as(outcome, code)] : [as(outcome, code), as(Kind.told, code)]);
  }

  /** What an acknowledged command leaves behind. */
  private traceOf(code: number): number[] {
    return this.remembers ? [as(Kind.settled, code)] : [];
  }

  /** The worker, or with a broadcast every worker of that attempt that hears, gives up. */
  private hear(system: System, code: number): System {
    if (isWorker(code)) return this.end(system, code, Kind.cancelled);
    const listening = system.items.filter((other) => isListening(other) && fenceOf(other) === fenceOf(code));
    return listening.reduce((rest, worker) => this.end(rest, worker, Kind.cancelled), swap(system, [code], []));
  }

  /**
   * Without what can make no difference any more: whatever belongs to an attempt of which every fact is ignored for ever,
   * broadcasts that nobody listens to, marks nobody will ask for. A worker of such an attempt may go on for a while; that
   * only keeps a slot, and commands may be taken late here anyway. It keeps the search small and takes nothing from it.
   */
  settled(system: System): System {
    const { faults } = system;
    let items = system.items.filter((code) => isMark(code) || !this.isMoot(system, code));
    // Without a fault to come nothing happens between a worker's last fact and its acknowledgement.
    if (faults === 0) items = items.flatMap((code) => (kindOf(code) === Kind.told ? this.traceOf(code) : [code]));
    return this.sorted({ ...system, items: items.filter((code) => isAskedFor(code, items)) });
  }

  private sorted({ run, admitted, faults, items }: System): System {
    return { run, admitted: admitted & this.runs.queued(run), faults, items: items.toSorted((a, b) => a - b) };
  }

  private isMoot(system: System, code: number): boolean {
    if (!this.runs.isOver(system.run, code)) return false;
    return kindOf(code) !== Kind.command || !this.remembers || !this.isClaimable(system, code);
  }

  /** What holds in every state, whatever led to it. `moves`: what happens by itself and changes something. */
  check(system: System, moves: readonly Act[]): void {
    this.checkRivals(system);
    if (!this.runs.isEnded(system.run)) this.checkMoves(system, moves);
  }

  /** At most one text of a section is being made, or on its way, that would be taken if it came now. */
  private checkRivals({ run, items }: System): void {
    const workers = items.filter((code) => isWorker(code) && kindOf(code) !== Kind.told);
    const results = items.filter((code) => kindOf(code) === Kind.generated);
    if (workers.length + results.length < 2) return;
    const wanted = (codes: readonly number[]) => codes.filter((code) => this.runs.isWanted(run, code)).map(fenceOf);
    // Where nobody remembers who began what, two may write under one fence, and the first one's text is taken.
    const writers = this.remembers ? wanted(workers) : new Set(wanted(workers));
    const rivals = [...writers, ...new Set(wanted(results))];
    const steps = (this.remembers ? rivals : [...new Set(rivals)]).map(stepOf);
    if (new Set(steps).size < steps.length) throw new Violation('two texts of one section would be taken');
  }

  /** Nothing waits for what will never come: every step that is out or waits has something that moves it. */
  private checkMoves({ run }: System, moves: readonly Act[]): void {
    if (moves.length === 0) throw new Violation('nothing moves the run');
    const isBusy = moves.some(({ name }) => name === 'finish' || name === 'acknowledge');
    for (let i = 0; i < this.runs.steps; i++) {
      const step = this.runs.step(run, i);
      if (!isOpen(step) || (step.attempt === 0 && step.status !== 'delayed')) continue;
      // A command may wait for a slot as long as the slots are in use.
      const isMoved = moves.some(({ name, item }) => name !== 'start' && name !== 'check' && stepOf(item) === i);
      if (!isMoved && !isBusy) throw new Violation(`nothing moves ${step.stepId}`);
    }
  }
}

/** True unless it is a broadcast that nobody hears, or a mark that makes no difference to anybody. */
function isAskedFor(code: number, items: readonly number[]): boolean {
  const isSame = (other: number) => fenceOf(other) === fenceOf(code);
  switch (kindOf(code)) {
    case Kind.stop:
      return items.some((other) => isListening(other) && isSame(other));
    case Kind.begun:
      return items.includes(as(Kind.command, code));
    case Kind.settled:
      return items.some((other) => isCommand(other) && isSame(other));
    case Kind.stopped:
      // It stops the older attempts of its step, too.
      return items.some(
        (other) =>
          (isCommand(other) || isWorker(other)) &&
          stepOf(other) === stepOf(code) &&
          attemptOf(other) <= attemptOf(code),
      );
    default:
      return true;
  }
}

function swap(system: System, out: readonly number[], into: readonly number[]): System {
  const rest = out.reduce<readonly number[]>((items, code) => without(items, code), system.items);
  return { ...system, items: [...rest, ...into] };
}
