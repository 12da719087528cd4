/**
 * What kind of wrong it is.
 * `stuck`: something should have moved by now. `lost`: something that has to be there is not.
 * `doubled`: what happens once happened twice. `dangling`: a reference to what is not there, or not its own.
 * `orphaned`: a row outlived what it was for. `out_of_order`: numbers, stages or instants that don't follow each other.
 * `content`: what is stored contradicts itself.
 */
export const KINDS = ['stuck', 'lost', 'doubled', 'dangling', 'orphaned', 'out_of_order', 'content'] as const;
export type InvariantKind = (typeof KINDS)[number];

/** Something that holds for every row at every instant, as the query that finds where it does not. */
export interface Invariant {
  /** Unique, `snake_case`; names the fault, not the rule. */
  readonly name: string;
  readonly kind: InvariantKind;
  /** Default: a violation. A warning can also mean that there is more to do than workers to do it. */
  readonly severity?: 'warning';
  /** One sentence: what is wrong with each row that is found. */
  readonly what: string;
  /** One sentence: what an operator does about it. */
  readonly advice: string;
  /** How old a fault has to be. Not 0 where a healthy system is in this state for a moment. */
  readonly graceMs: number;
  /**
   * Gives a row (`id`, `detail`) per fault. Placeholders: `:before`, the instant before which a fault is older than
   * the grace, and what bounds the look back and comes along with `RECENT_RUNS`: `:since` and `:oldest`.
   */
  readonly sql: string;
}

/** Runs that have not ended. Partial indexes make these cheap, however many have ended. */
export const ACTIVE = `status IN ('queued', 'running')`;

/**
 * The runs looked at, as a table: active ones, and those that ended within the window. Ids of runs begin with the
 * instant they were made at (UUIDv7), so the primary key keeps the scan to the youngest part of the table.
 */
export const RECENT_RUNS = `(SELECT * FROM runs WHERE ${ACTIVE} OR (id >= :oldest AND finished_at >= :since))`;

/** An instant as people read it, in SQL. */
export const utc = (instant: string): string => `to_char(${instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** Types of run events that end a run, as an SQL list; each run has one, and it is the last. */
export const RUN_ENDS = `('complete', 'partial', 'failed', 'cancelled')`;
