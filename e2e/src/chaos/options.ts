import { parseArgs } from 'node:util';

export interface ChaosOptions {
  /** Runs that shall be made. */
  runs: number;
  /** How long faults go on. */
  seconds: number;
  /** Share of that time in which customers come. */
  orderingShare: number;
  /** The same seed gives the same plan of faults, the same texts and the same clicks. */
  seed: string;
  mode: 'draft' | 'detailed';
  documents: 'prd' | 'all';
  /** Pause between two faults, in milliseconds. */
  pauseMs: readonly [number, number];
  /** Longest time a process is frozen or a connection swallows everything. */
  longestHoldMs: number;
  /** False where the provider shall fail a section once at most, so that no step waits for its second retry. */
  providerFailsAgain: boolean;
  /** Where logs, books and rows are kept for a look afterwards; default nowhere. */
  keep?: string | undefined;
  /** No longer than this, everything included. */
  limitMs: number;
}

export const USAGE = `npm run chaos -- [--runs 100] [--seconds 60] [--seed <text>] [--mode draft|detailed] [--documents prd|all] [--keep <folder>]

Starts PostgreSQL, RabbitMQ and Redis of its own and the services in several copies, makes runs through them, and for
so many seconds kills, freezes, purges, flushes, restarts and cuts. Then it waits until all is quiet and compares what
clients were answered, what the provider was asked for, and what the database holds. Ends with 1 where that differs.`;

/** Throws an `Error` with a sentence. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '100' },
      seconds: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      mode: { type: 'string', default: 'draft' },
      documents: { type: 'string', default: 'prd' },
      keep: { type: 'string' },
    },
  });
  const { mode, documents, seed, keep } = values;
  const runs = wholeNumber('--runs', values.runs);
  const seconds = wholeNumber('--seconds', values.seconds);
  if (mode !== 'draft' && mode !== 'detailed') throw new Error(`--mode is draft or detailed, not ${mode}`);
  if (documents !== 'prd' && documents !== 'all') throw new Error(`--documents is prd or all, not ${documents}`);
  return {
    ...{ runs, seconds, seed, mode, documents, keep },
    orderingShare: 0.8,
    pauseMs: [500, 2_000],
    longestHoldMs: 20_000,
    providerFailsAgain: true,
    limitMs: (seconds + 15 * 60) * 1000,
  };
}

/** The short form, which runs with the other tests. */
export const SHORT: ChaosOptions = {
  runs: 12,
  seconds: 15,
  seed: 'short',
  orderingShare: 0.4,
  mode: 'draft',
  documents: 'prd',
  pauseMs: [500, 1_200],
  longestHoldMs: 6_000,
  providerFailsAgain: false,
  limitMs: 240_000,
};

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`${name} is a whole number from 1, not "${text}"`);
  return Number(text);
}
