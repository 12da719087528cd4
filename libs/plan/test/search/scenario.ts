import type { Blueprint } from '@planwright/contracts';
import type { decideAll } from '../../src/decide.js';

/** The machine under search: `decideAll`, or a broken one. */
export type Machine = typeof decideAll;

/** A small world to search through, and what may go wrong in it. */
export interface Scenario {
  readonly name: string;
  readonly blueprints: readonly Blueprint[];
  /** Steps that can be written at a time. */
  readonly workers: number;
  /** How many faults there may be in all, of any kind: each one takes one off. */
  readonly faults: number;
  /**
   * `kept`: leases, settled and stopped attempts are known to everybody, until everything is purged at once. `gone`: the
   * store is away all the time, so a command is begun by whoever gets it, and a redelivered one counts as lost.
   */
  readonly presence: 'kept' | 'gone';
  /** The run waits for another one first. Default: false. */
  readonly waiting?: boolean;
  /** The provider caches how prompts begin. Default: false. */
  readonly cachesPrefix?: boolean;
  /** Generators tell their first content, too. Default: false. */
  readonly streaming?: boolean;
  /** True to search without the reductions: every state by itself, however alike or of no consequence. Default: false. */
  readonly plain?: boolean;
  /** Default: `decideAll`. */
  readonly machine?: Machine;
}

/** Why a state or a step must not be: the search ends with the way to it. */
export class Violation extends Error {}
