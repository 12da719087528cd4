import { z } from 'zod';
import type { PriceTable } from './price-table.js';

/**
 * A price that is not 0 lies between a tenth of a cent and a thousand dollars for a million tokens. What lies outside
 * was meant in another unit: a million times too much has shut people out of their budgets elsewhere (litellm#20615).
 */
const MIN_PRICE = 1_000;
const MAX_PRICE = 1_000_000_000;

const UNIT = 'prices are whole micro-units for a million tokens, so 3 dollars a million are 3000000';

const amount = z.number({ error: `is not a number; ${UNIT}` }).superRefine((value, context) => {
  const problem = problemOf(value);
  if (problem !== null) context.addIssue({ code: 'custom', message: `is ${value}, ${problem}` });
});

const rates = { input: amount, output: amount, cache_read: amount.optional(), cache_write: amount.optional() };

/** An operator's own prices. A cache without a price costs what input costs. */
const priceOverride = z.strictObject({
  currency: z.string().optional(),
  models: z.array(
    z.strictObject({
      provider: z.string().min(1),
      model: z.string().min(1),
      ...rates,
      long: z.strictObject({ above: z.int().positive(), ...rates }).optional(),
    }),
  ),
});

/** The table with an operator's prices before its own. Throws one error that names every model and field at fault. */
export function mergePrices(table: PriceTable, override: unknown): PriceTable {
  const parsed = priceOverride.safeParse(override);
  if (!parsed.success) throw new Error(`the prices can't be used: ${problems(override, parsed.error).join('; ')}`);
  const { currency = table.currency, models } = parsed.data;
  if (currency !== table.currency)
    throw new Error(
      `the prices can't be used: currency is ${currency}, those they are added to are in ${table.currency}`,
    );
  return {
    ...table,
    version: `${table.version}+own`,
    source: [...table.source, `own prices (${models.map(({ model }) => model).join(', ')})`],
    models: [
      ...models.map(({ provider, model, long, ...price }) => ({
        provider,
        names: [model],
        ...complete(price),
        ...(long && { long: { above: long.above, ...complete(long) } }),
      })),
      ...table.models,
    ],
  };
}

interface Rates {
  input: number;
  output: number;
  cache_read?: number | undefined;
  cache_write?: number | undefined;
}

function complete({ input, output, cache_read, cache_write }: Rates) {
  return { input, cache_read: cache_read ?? input, cache_write: cache_write ?? input, output };
}

function problemOf(value: number): string | null {
  if (value === 0) return null;
  if (value < 0) return 'less than nothing';
  if (value < MIN_PRICE) return `too little for micro-units: ${UNIT}${meant(value)}`;
  if (value > MAX_PRICE) return `more than 1000 a million tokens: ${UNIT}${meant(value)}`;
  return Number.isInteger(value) ? null : `not whole: ${UNIT}`;
}

/** A guess at what was meant, where only one unit makes sense. */
function meant(value: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['a price for one token', 1e12],
    ['a price for a million tokens', 1e6],
    ['micro-units for a million tokens, times a million', 1e-6],
  ];
  // Below half a cent a million tokens there is hardly a model, so a smaller figure is one for a token.
  const [unit, factor] = (value < 0.005 ? units[0] : value < MIN_PRICE ? units[1] : units[2]) ?? ['', 1];
  return ` (as ${unit} it would be ${Math.round(value * factor)})`;
}

/** Each problem with the model it concerns: an index alone is hard to find in a long list. */
function problems(override: unknown, error: z.ZodError): string[] {
  const { models } = z
    .object({ models: z.array(z.unknown()).catch([]) })
    .catch({ models: [] })
    .parse(override);
  return error.issues.map(({ path, message }) => {
    const [list, index, ...field] = path;
    if (list !== 'models' || typeof index !== 'number') return `${path.join('.') || 'all of it'}: ${message}`;
    const named = z.object({ provider: z.string(), model: z.string() }).safeParse(models[index]);
    const name = named.success ? `${named.data.provider}/${named.data.model}` : `models[${index}]`;
    return `${name}${field.length > 0 ? `, ${field.join('.')}` : ''}: ${message}`;
  });
}
