import type { LimitedResource } from '@planwright/contracts';
import type { ProfileName } from '@planwright/limits';
import { Quotas } from '@planwright/limits';
import { createQuota } from '@planwright/testing';
import type { QuotaOptions } from '@planwright/testing';
import { writeFileSync } from 'node:fs';
import { rounded, show } from '../figures.js';
import type { Series } from './plot.js';
import { plot } from './plot.js';
import type { Scenario, World } from './simulate.js';
import { simulate } from './simulate.js';

const EPOCH = 1_800_000_000_000;
const MINUTES = Number(process.env.BENCH_MINUTES ?? 16);
/** Left out at the start: the limiter does not know the limits yet, and takes care. */
const WARM_UP_MINUTES = 1;
const BACKLOG = 300;
const SPAN_MS = 15_000;

interface Case {
  name: string;
  profile: ProfileName;
  quota: QuotaOptions;
  binding: LimitedResource;
  happens?: Scenario['happens'];
}

const LIMITS: Record<string, Record<string, number>> = {
  openai: { requests: 5_000, tokens: 3_000_000 },
  azure: { requests: 18_000, tokens: 3_000_000 },
  anthropic: { requests: 4_000, input_tokens: 4_000_000, output_tokens: 550_000 },
};
const halved = (name: string) =>
  Object.fromEntries(Object.entries(LIMITS[name] ?? {}).map(([key, limit]) => [key, limit / 2]));

const CASES: readonly Case[] = [
  { name: 'steady, OpenAI', profile: 'openai', binding: 'tokens', quota: {} },
  { name: 'steady, Azure', profile: 'azure', binding: 'tokens', quota: {} },
  { name: 'steady, Anthropic', profile: 'anthropic', binding: 'output_tokens', quota: {} },
  {
    name: 'limits halve',
    profile: 'openai',
    binding: 'tokens',
    quota: { changes: [{ atMs: EPOCH + 8 * 60_000, limits: halved('openai') }] },
  },
  {
    name: 'enforced in windows of 10 s',
    profile: 'openai',
    binding: 'tokens',
    quota: {
      enforcement: { tokens: { method: 'window', periodMs: 10_000 }, requests: { method: 'window', periodMs: 10_000 } },
      sendsRetryAfter: true,
    },
  },
  { name: 'somebody else takes 30 %', profile: 'openai', binding: 'tokens', quota: { foreign: { share: 0.3 } } },
  {
    name: 'Redis flushed',
    profile: 'openai',
    binding: 'tokens',
    quota: {},
    happens: [{ atMinute: 8, act: (world: World) => world.flush() }],
  },
];

/** How much of a provider's limits is used, and how often it refuses: eight generators, a backlog that never ends. */
export async function quotaUse(): Promise<object> {
  const wanted = process.env.BENCH_CASE;
  const figures = [];
  const charts: Series[] = [];
  for (const one of CASES.filter(({ name }) => !wanted || name.includes(wanted))) {
    const { series, ...measured } = await measure(one);
    figures.push(measured);
    charts.push(series);
  }
  if (process.env.BENCH_PLOT) {
    const title = 'Used of what was available, in spans of 15 s; red: an answer with 429';
    writeFileSync(process.env.BENCH_PLOT, plot(title, charts));
  }
  return { minutes: MINUTES, generators: 8, backlog: BACKLOG, cases: figures };
}

async function measure({ name, profile, binding, quota: options, happens }: Case) {
  const provider = profile as 'openai' | 'azure' | 'anthropic';
  const double = createQuota(provider, { startsAt: EPOCH, limits: LIMITS[provider] ?? {}, ...options });
  const quotas = new Quotas({ [profile]: { profile } }, {});
  const began = performance.now();
  const outcome = await simulate({
    ...{ profile, double, quotas, generators: 8, slotsPerGenerator: 64, seed: 7, minutes: MINUTES },
    begin: (world) => Array.from({ length: BACKLOG + 300 }, () => world.step('w')),
    next: (_, world) => world.step('w'),
    ...(happens && { happens }),
  });
  const from = EPOCH + WARM_UP_MINUTES * 60_000;
  const { share } = double.ledger.utilisation(binding, from, outcome.endedAt);
  const calls = outcome.done.length;
  const refused = outcome.refusals.length;
  const figures = {
    name,
    profile,
    usedPercent: rounded(share * 100, 2),
    calls,
    refused,
    refusedPercent: rounded((100 * refused) / Math.max(1, calls), 2),
    parksPerCall: rounded(outcome.parks / Math.max(1, calls), 2),
    took: rounded((performance.now() - began) / 1_000),
  };
  show(
    `${name}: ${figures.usedPercent} % of ${binding} used, ${refused} refused of ${calls} calls; ${figures.parksPerCall} parks a call (${figures.took} s)`,
  );
  const spans = Math.floor((outcome.endedAt - EPOCH) / SPAN_MS);
  const series: Series = {
    name,
    spanMs: SPAN_MS,
    used: Array.from({ length: spans }, (_, i) => {
      const begin = EPOCH + i * SPAN_MS;
      return double.ledger.utilisation(binding, begin, begin + SPAN_MS).share;
    }),
    refusedAtMs: outcome.refusals.map(({ at }) => at - EPOCH),
    caption: `${figures.usedPercent} % used, ${refused} refused`,
  };
  return { ...figures, series };
}
