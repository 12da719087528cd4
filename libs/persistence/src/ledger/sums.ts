import { CURRENCY } from '@planwright/contracts';

/**
 * How tokens and costs are added up, wherever they are: a call has its numbers in the ledger; a step has the sum over its
 * calls and a section takes that over; a version sums its sections, a run its steps, a month the ledger. Of a cost two
 * numbers are added: `cost`, what is priced (null where nothing is), and `unpriced_calls` (null before any call).
 *
 * Each function gives an SQL expression; a source says where a row has its numbers.
 */
interface Source {
  tokens(name: string): string;
  estimated: string;
  cost: string;
  unpriced: string;
}

/** Rows of the ledger. A call that was refused used nothing, and what is not used needs no price. */
export function callsIn(row: string): Source {
  const used = `${row}.input_tokens + ${row}.output_tokens > 0`;
  return {
    tokens: (name) => `${row}.${name}`,
    estimated: `${row}.estimated`,
    cost: `CASE WHEN ${used} THEN ${row}.cost END`,
    unpriced: `CASE WHEN ${used} AND ${row}.cost IS NULL THEN 1 ELSE 0 END`,
  };
}

/** Rows of steps or sections. */
export function sumsIn(row: string): Source {
  return {
    tokens: (name) => `(${row}.usage ->> '${name}')::bigint`,
    estimated: `(${row}.usage ->> 'estimated')::boolean`,
    cost: `${row}.cost`,
    unpriced: `${row}.unpriced_calls`,
  };
}

export const TOKEN_COUNTS = [
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
] as const;

/** A `Usage`; null where nothing was used. */
export function sumOfUsage({ tokens, estimated }: Source): string {
  const sums = TOKEN_COUNTS.map((name) => `'${name}', coalesce(sum(${tokens(name)}), 0)`);
  return `CASE WHEN sum(${tokens('input_tokens')} + ${tokens('output_tokens')}) > 0
    THEN jsonb_build_object(${sums.join(', ')}, 'estimated', bool_or(${estimated})) END`;
}

export const sumOfCost = ({ cost }: Source): string => `sum(${cost})::bigint`;
export const sumOfUnpriced = ({ unpriced }: Source): string => `sum(${unpriced})::integer`;

/** A `Cost` of the sum. */
export const totalCost = (source: Source): string => costOf(sumOfCost(source), sumOfUnpriced(source));

/** A `Cost` of the two numbers; null before any call. */
export function costOf(cost: string, unpriced: string): string {
  return `CASE WHEN ${unpriced} IS NOT NULL THEN jsonb_build_object(
    'amount', CASE WHEN ${unpriced} = 0 THEN coalesce(${cost}, 0) ELSE ${cost} END,
    'currency', '${CURRENCY}', 'unpriced_calls', ${unpriced}) END`;
}

const NONE = `'{"cached_input_tokens": 0, "cache_write_tokens": 0, "reasoning_tokens": 0}'::jsonb`;

/** A stored `Usage` whole: the previous release writes three of its counts not. */
export const wholeUsage = (usage: string): string => `${NONE} || ${usage}`;
