import { availableParallelism, loadavg } from 'node:os';
import type { Order } from './customers.js';
import type { Books, Finding } from './audit/finding.js';
import type { ExtraCalls } from './audit/audit-calls.js';
import type { Follow } from './follow.js';
import { kindOf } from './faults.js';
import type { Exit } from './supervised.js';
import { tokenOf } from './writer.js';

export interface ChaosReport {
  seed: string;
  figures: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  findings: readonly Finding[];
  /** Processes that ended by themselves before they were ready; no finding where a service was away. */
  refusedStarts: readonly Exit[];
}

export interface Outcome {
  books: Books;
  follows: readonly Follow[];
  extra: ExtraCalls;
  repairs: Readonly<Record<string, number>>;
  exits: readonly Exit[];
  /** Until every process was ready. */
  startMs: number;
  /** From the end of the faults until all was quiet. */
  recoveryMs: number;
  tookMs: number;
}

export function figuresOf({
  books,
  follows,
  extra,
  repairs,
  exits,
  startMs,
  recoveryMs,
  tookMs,
}: Outcome): ChaosReport['figures'] {
  const { orders, calls, faults, evidence, stuck } = books;
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  return {
    'orders placed': orders.length,
    'orders accepted': orders.filter(({ runIds }) => runIds.size > 0).length,
    'requests by answer': countBy(requestsOf(orders), ({ outcome }) => String(outcome).slice(0, 40)),
    runs: countBy(evidence.runs, ({ status }) => status),
    'runs late by more than a minute': new Set(stuck.map(({ runId }) => runId)).size,
    'runs not ended': evidence.runs.filter(({ finishedAt }) => finishedAt === null).length,
    steps: countBy(evidence.steps, ({ status }) => status),
    'steps issued more than once': evidence.steps.filter(({ attempt }) => attempt > 1).length,
    versions: countBy(evidence.versions, ({ status }) => status),
    tasks: evidence.tasks.length,
    'provider calls': countBy(calls, ({ state }) => state),
    'provider failures': countBy(
      calls.filter(({ failure }) => failure !== null),
      ({ failure }) => failure ?? '',
    ),
    'finished calls repeated': sum(extra.repeated),
    'finished calls repeated, by fault': extra.repeated,
    'calls cut off, by fault': extra.cut,
    'calls after their text was stored, by fault': extra.late,
    'calls begun more than 1 s after a cancel': callsAfterCancel(books),
    'faults injected': countBy(
      faults.filter(({ skipped }) => skipped === null),
      ({ fault }) => kindOf(fault),
    ),
    'faults left out': faults.filter(({ skipped }) => skipped !== null).length,
    'repairs logged': repairs,
    followers: follows.length,
    'followers told of a new log': follows.filter(({ transcript }) => transcript.resets > 0).length,
    'connections of followers': follows.reduce((all, { connections }) => all + connections, 0),
    'processes that refused to start': exits.filter(({ wasReady }) => !wasReady).length,
    'seconds to start': Math.round(startMs / 100) / 10,
    'seconds until quiet': Math.round(recoveryMs / 100) / 10,
    'seconds in all': Math.round(tookMs / 1000),
    // Above the number of cores, times say more about the machine than about the engine.
    cores: availableParallelism(),
    'load of the machine': Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** No finding: while every orchestrator is down nobody tells the generators. */
function callsAfterCancel({ calls, evidence }: Books): number {
  const wishes = new Map(evidence.runs.map(({ token, cancelRequestedAt }) => [token, cancelRequestedAt ?? Infinity]));
  return calls.filter(({ prompt, startedAt }) => startedAt > (wishes.get(tokenOf(prompt) ?? '') ?? Infinity) + 1_000)
    .length;
}

const SHOWN_PER_RULE = 10;

/** The report for people: figures as a table, then what was found, then all of it as one line of JSON. */
export function printReport({ seed, figures, findings, refusedStarts }: ChaosReport): string {
  const rows = Object.entries(figures).map(([name, value]): [string, string] => [
    name,
    typeof value === 'number'
      ? String(value)
      : Object.entries(value)
          .map(([key, n]) => `${key} ${n}`)
          .join(', ') || '0',
  ]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const byRule = Object.entries(countBy(findings, ({ rule }) => rule));
  const details = byRule.flatMap(([rule, count]) => [
    `${rule}: ${count}`,
    ...findings
      .filter((one) => one.rule === rule)
      .slice(0, SHOWN_PER_RULE)
      .map(({ detail }) => `  ${detail}`),
  ]);
  const verdict = findings.length === 0 ? 'Nothing lost, stuck or done twice.' : `${findings.length} findings:`;
  const json = JSON.stringify({ seed, figures, findings: Object.fromEntries(byRule), refused: refusedStarts.length });
  return ['', `seed ${seed}`, ...lines, '', verdict, ...details, '', json, ''].join('\n');
}

export function countBy<T>(rows: Iterable<T>, keyOf: (row: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}

const requestsOf = (orders: readonly Order[]) => orders.flatMap(({ requests }) => requests);
