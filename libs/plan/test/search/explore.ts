import { openRun } from '../example-run.js';
import { ACTS, wordsOf, type Act } from './acts.js';
import { Graph } from './graph.js';
import { keyOf, runOf, systemOf, type System } from './items.js';
import { Runs } from './runs.js';
import type { Scenario } from './scenario.js';
import { Symmetry } from './symmetry.js';
import { World } from './world.js';

/** What must not be, and a shortest way to it. */
interface Violated {
  readonly what: string;
  readonly trace: readonly string[];
}

export interface Found {
  readonly states: number;
  readonly transitions: number;
  /** Different states of the run alone. */
  readonly runStates: number;
  /** Transitions of runs, versions and steps that occurred, as `step queued running`. */
  readonly seen: ReadonlySet<string>;
  /** Statuses runs ended with. */
  readonly ends: ReadonlySet<string>;
  readonly violation: Violated | null;
}

/**
 * Every state that can be reached, nearest first, so that the way to the first violation is a shortest one; then, over
 * the whole graph, that every state can end and, if no more faults happen, has to.
 */
export function explore(scenario: Scenario): Found {
  return new Search(scenario).run();
}

/**
 * Two searches of one world: every state by itself, and with the reductions. `unreduced` and `reduced` count states;
 * `missed` those of the first that the second has neither as they are nor by one that stands for them.
 */
export function compare(scenario: Scenario): { unreduced: number; reduced: number; missed: number } {
  const whole = new Search({ ...scenario, plain: true });
  const small = new Search(scenario, whole.world.runs);
  for (const search of [whole, small]) search.run();
  const missed = [...whole.standIns()].filter((system) => !small.has(system));
  return { unreduced: whole.keys.length, reduced: small.keys.length, missed: missed.length };
}

class Search {
  readonly keys: string[] = [];
  readonly world: World;
  private readonly symmetry: Symmetry;
  private readonly graph = new Graph();
  private readonly ids = new Map<string, number>();
  /** From which state each one was reached first. */
  private readonly parents: number[] = [];

  constructor(
    private readonly scenario: Scenario,
    runs: Runs = runsOf(scenario),
  ) {
    this.world = new World(runs, scenario);
    this.symmetry = new Symmetry(runs);
  }

  run(): Found {
    const violation = this.spread() ?? this.ending();
    const { runs } = this.world;
    const reached = new Set(this.keys.map(runOf));
    return {
      states: this.keys.length,
      transitions: this.graph.edges,
      runStates: reached.size,
      seen: this.world.seen,
      ends: new Set([...reached].filter((run) => runs.isEnded(run)).map((run) => runs.state(run).status)),
      violation,
    };
  }

  standIns(): System[] {
    const stand = (system: System) => this.symmetry.canonical(this.world.settled(system));
    const systems = this.keys.map((key): [string, System] => {
      const system = stand(systemOf(key));
      return [keyOf(system), system];
    });
    return [...new Map(systems).values()];
  }

  /** True if it was found, or the same with more faults left: one that changed nothing that matters was not made here. */
  has(system: System): boolean {
    const more = Array.from({ length: this.scenario.faults - system.faults + 1 }, (_, i) => system.faults + i);
    return more.some((faults) => this.ids.has(keyOf({ ...system, faults })));
  }

  private spread(): Violated | null {
    this.idOf(this.world.initial, 0);
    for (let id = 0; id < this.keys.length; id++) {
      const system = this.system(id);
      this.graph.open();
      const moves: Act[] = [];
      for (const act of this.world.acts(system)) {
        const kind = ACTS[act.name];
        try {
          const next = this.idOf(this.world.after(system, act), id);
          if (next === id) continue;
          this.graph.add(next, kind);
          if (kind === 'free') moves.push(act);
        } catch (error) {
          return { what: messageOf(error), trace: this.wayTo(id, act) };
        }
      }
      try {
        this.world.check(system, moves);
      } catch (error) {
        return { what: messageOf(error), trace: this.wayTo(id) };
      }
    }
    return null;
  }

  private ending(): Violated | null {
    const isEnded = (id: number) => this.world.runs.isEnded(runOf(this.keys[id] ?? ''));
    const lost = this.graph.cannotReach(isEnded);
    if (lost !== null) return { what: 'no way leads to an end', trace: this.wayTo(lost) };
    const endless = this.graph.mayNotEnd(isEnded);
    if (endless === null) return null;
    const what = endless.isStuck ? 'nothing but a wish or a thaw leads on' : 'it can go round for ever';
    return { what, trace: this.wayTo(endless.id) };
  }

  private canonical(system: System): System {
    return this.scenario.plain ? system : this.symmetry.canonical(system);
  }

  private idOf(reached: System, parent: number): number {
    const key = keyOf(this.canonical(reached));
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.keys.push(key) - 1;
    this.ids.set(key, id);
    this.parents.push(parent);
    return id;
  }

  private system(id: number): System {
    return systemOf(this.keys[id] ?? '');
  }

  /** The acts that lead to a state, told with the names the sections had all the way, and what is wrong then. */
  private wayTo(id: number, wrong?: Act): string[] {
    const path: number[] = [];
    for (let at = id; at !== 0; at = this.parents[at] ?? 0) path.unshift(at);
    const words: string[] = [];
    let system = this.world.initial;
    for (const step of path) {
      const to = (act: Act) => keyOf(this.canonical(this.world.after(system, act))) === this.keys[step];
      const act = this.world.acts(system).find((candidate) => isOnWay(to, candidate));
      if (!act) throw new Error('the way can not be found again');
      words.push(wordsOf(act, this.world.runs));
      system = this.world.after(system, act);
    }
    if (wrong) words.push(wordsOf(this.sameAs(wrong, system), this.world.runs));
    return words;
  }

  /** The act that goes wrong where sections have the names they began with. */
  private sameAs(wrong: Act, system: System): Act {
    const fails = (act: Act) => {
      try {
        this.world.after(system, act);
        return false;
      } catch {
        return act.name === wrong.name;
      }
    };
    return this.world.acts(system).find(fails) ?? wrong;
  }
}

function runsOf({ blueprints, waiting = false, cachesPrefix = false, machine }: Scenario): Runs {
  return new Runs({ ...openRun(blueprints, { cachesPrefix }), waiting }, machine);
}

function isOnWay(to: (act: Act) => boolean, act: Act): boolean {
  try {
    return to(act);
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
