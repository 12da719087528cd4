import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import type { DocumentResource, RunEstimate, StartRunRequest } from '@planwright/contracts';
import { startDistributed } from '@planwright/e2e/distributed';
import { IDEAS } from '@planwright/e2e/ideas';
import type { Idea } from '@planwright/e2e/ideas';
import type { Comparison, Tokens } from '@planwright/e2e/preview';
import { compare, errorOf } from '@planwright/e2e/preview';
import { startQuotaDouble } from '@planwright/testing';
import { median, quantile, rounded, show } from '../figures.js';
import { createRandom } from '../limits/random.js';
import type { Model } from './model-texts.js';
import { answerOf, countPieces } from './model-texts.js';

/** What the bar allows, of nine requests in ten. */
const BAR = 0.25;
const MODES = ['draft', 'detailed'] as const;
/** Runs at the same time. */
const AT_ONCE = 4;
/** A minute: nobody waits here. */
const AMPLE = 50_000_000;

/**
 * Models differ in how much they write for the words they are asked for, and in how finely they cut texts. These are
 * assumptions, not measurements of a model: apart from each other, and from what a preview assumes.
 */
const WRITERS: Readonly<Record<'offline' | 'openai' | 'anthropic', Model>> = {
  offline: { verbosity: 1, spread: 0, density: 1 },
  openai: { verbosity: 1.05, spread: 0.25, density: 1 },
  anthropic: { verbosity: 1.15, spread: 0.3, density: 1.15 },
};
type Writer = keyof typeof WRITERS;

/**
 * Previews beside the runs they were of, on the four services: the first plans of a workspace, whose previews were all
 * asked for before any of them ran; plans of other ideas with those as history; and texts written anew.
 */
export async function preview(): Promise<object> {
  const wanted = process.env['BENCH_CASE'];
  const writers = (Object.keys(WRITERS) as Writer[]).filter((name) => !wanted || name === wanted);
  const figures = [];
  for (const writer of writers) figures.push(await measure(writer));
  return { ideas: IDEAS.length, modes: MODES, bar_percent: BAR * 100, writers: figures };
}

async function measure(writer: Writer): Promise<object> {
  const { density } = WRITERS[writer];
  const random = createRandom(11);
  const double = await startQuotaDouble({
    openai: { limits: { requests: AMPLE, tokens: AMPLE } },
    anthropic: { limits: { requests: AMPLE, input_tokens: AMPLE, output_tokens: AMPLE } },
    countTokens: (text) => density * countPieces(text),
    answer: ({ prompt, schema }) => answerOf(prompt, schema !== null, WRITERS[writer], random),
  });
  const keys = {
    ...{ OPENAI_API_KEY: 'sk-double-openai', OPENAI_BASE_URL: double.urls.openai },
    ...{ ANTHROPIC_API_KEY: 'sk-double-anthropic', ANTHROPIC_BASE_URL: double.urls.anthropic },
  };
  const ceiling = { requests_per_minute: AMPLE };
  const platform = await startDistributed({
    env: {
      ...(writer === 'offline' ? {} : { ...keys, PLANWRIGHT_LIMITS: JSON.stringify({ [writer]: ceiling }) }),
      ...{ PLANWRIGHT_PROVIDER: writer, PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: '0', PLANWRIGHT_OFFLINE_CHUNK_MS: '0' },
    },
  });
  try {
    const client = createClient({ url: platform.url });
    const cases = IDEAS.flatMap((idea) => MODES.map((mode) => ({ idea, mode })));
    const planned = await Promise.all(cases.map((one) => planOf(client, one.idea, one.mode)));
    // Every other idea is a workspace's past, the rest its present.
    const isPast = (_: unknown, i: number) => Math.floor(i / MODES.length) % 2 === 0;
    const first = await inTurns(planned.filter(isPast), (plan) => run(client, 'first plans', plan, plan.preview));
    const later = await inTurns(
      planned.filter((plan, i) => !isPast(plan, i)),
      async (plan) => {
        const again = await client.runs.preview(plan.projectId, plan.body);
        const done = await run(client, 'later plans', plan, again);
        // What was said of it before there was any history.
        first.push({ ...done, what: 'first plans', estimated: tokensOf(plan.preview) });
        return done;
      },
    );
    const whole = [...later, ...first].filter(
      ({ run: { mode }, unfinished }) => mode === 'detailed' && unfinished === null,
    );
    const projects = [...new Set(whole.map((one) => one.run.project_id))];
    const anew = await inTurns(projects, (projectId) => writeAnew(client, projectId));
    return report(writer, [...first, ...later, ...anew.flat()]);
  } finally {
    await platform.stop();
    await double.close();
  }
}

interface Planned {
  projectId: string;
  body: StartRunRequest;
  preview: RunEstimate;
}

async function planOf(client: Client, idea: Idea, mode: (typeof MODES)[number]): Promise<Planned> {
  const { id: projectId } = await client.projects.create(idea);
  const body: StartRunRequest = { mode };
  return { projectId, body, preview: await client.runs.preview(projectId, body) };
}

async function run(client: Client, what: string, { projectId, body }: Planned, said: RunEstimate): Promise<Comparison> {
  return compare(client, what, said, await client.runs.start(projectId, body));
}

/** One after the other, as each changes what the next one finds. */
async function writeAnew(client: Client, projectId: string): Promise<Comparison[]> {
  const prd = await documentOf(client, projectId, 'prd');
  if (!prd?.active_version) return [];
  const wish = { custom_instructions: 'Say it in numbers, and name who decides.' };
  const single = await client.sections.preview(prd.id, 'goals_objectives', {});
  const one = await client.sections.regenerate(prd.id, 'goals_objectives', {});
  const done = [await compare(client, 'one section', single, { id: one.run_id })];
  const wished = await client.sections.preview(prd.id, 'risks_mitigations', wish);
  const two = await client.sections.regenerate(prd.id, 'risks_mitigations', wish);
  done.push(await compare(client, 'one section with a wish', wished, { id: two.run_id }));
  const requests: [string, StartRunRequest][] = [
    ['stale', { stale: true }],
    ['chosen sections', { sections: ['target_users', 'success_metrics', 'data_model'] }],
    ['chosen sections and downstream', { sections: ['functional_requirements'], downstream: true }],
    ['tech spec', { documents: ['tech_spec'] }],
    ['PRD and downstream', { documents: ['prd'], downstream: true }],
  ];
  for (const [what, body] of requests) {
    const said = await client.runs.preview(projectId, body);
    done.push(await compare(client, what, said, await client.runs.start(projectId, body)));
  }
  return done;
}

async function documentOf(client: Client, projectId: string, kind: string): Promise<DocumentResource | null> {
  const { items } = await client.documents.list(projectId);
  const found = items.find((one) => one.kind === kind);
  return found ? client.documents.get(found.id) : null;
}

function report(writer: Writer, all: readonly Comparison[]): object {
  const done = all.filter(({ unfinished }) => unfinished === null);
  for (const { what, unfinished } of all) if (unfinished !== null) show(`  NOT FINISHED: ${what}: ${unfinished}`);
  const mismatches = all.flatMap(({ what, mismatches: lines }) => lines.map((line) => `${what}: ${line}`));
  for (const line of mismatches) show(`  NOT THE SAME: ${line}`);
  const kinds = [...Map.groupBy(done, ({ what }) => what), ['all', done] as const].map(([what, some]) => {
    const of = (part: 'input' | 'output' | null) => {
      const errors = some.map((one) => 100 * errorOf(one, part));
      return { p50: rounded(median(errors)), p90: rounded(quantile(errors, 0.9)) };
    };
    const bias = median(some.map(({ estimated, used }) => sumOf(estimated) / Math.max(1, sumOf(used))));
    const figures = {
      ...{ what, requests: some.length, total: of(null), input: of('input'), output: of('output') },
      estimate_of_used_p50: rounded(bias, 2),
    };
    const { total, input, output } = figures;
    show(
      `${writer}, ${what} (${some.length}): off by p50 ${total.p50} %, p90 ${total.p90} %` +
        ` (in ${input.p50} and ${input.p90} %, out ${output.p50} and ${output.p90} %); said of used, p50: ${rounded(bias, 2)}`,
    );
    return { ...figures, holds: total.p90 <= BAR * 100 };
  });
  show(`${writer}: ${done.length} of ${all.length} requests, ${mismatches.length} lists that differ`);
  return { writer, requests: all.length, unfinished: all.length - done.length, mismatches: mismatches.length, kinds };
}

const sumOf = ({ input, output }: Tokens): number => input + output;

function tokensOf({ input_tokens: input, output_tokens: output }: RunEstimate) {
  return { input, output };
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return results;
}
