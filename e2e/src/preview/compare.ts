import type { Client } from '@planwright/client';
import type { RunEstimate, RunResource } from '@planwright/contracts';
import { untilEnded } from '../driver.js';

export interface Tokens {
  input: number;
  output: number;
}

/** What was said before a run, beside what the run did. */
export interface Comparison {
  /** Of what kind of request. */
  what: string;
  /** Lists that are not the same: documents, sections written, sections taken over. */
  mismatches: string[];
  estimated: Tokens;
  used: Tokens;
  /** Why the run did not succeed, and so used what nobody foresees; null where it did. */
  unfinished: string | null;
  run: RunResource;
}

/** Compares a run, once it has ended, with its preview. */
export async function compare(
  client: Client,
  what: string,
  preview: RunEstimate,
  started: { id: string },
): Promise<Comparison> {
  const run = await untilEnded(client, started.id, 120_000);
  const why = run.steps.flatMap(({ section_id: id, problem }) => (problem ? [`${id}: ${problem.detail}`] : []));
  const unfinished = run.status === 'succeeded' ? null : `${run.status}; ${why.join('; ')}`;
  const foreseen = preview.documents.map(({ kind, sections, carried }) => ({
    kind,
    written: sections.map(({ id }) => id),
    carried,
  }));
  const done = await Promise.all(
    run.documents.map(async ({ kind, version_id: versionId }) => {
      const version = await client.versions.get(versionId);
      const written = run.steps.filter((step) => step.document === kind);
      const steps = written.map(({ id }) => id);
      const carried = version.sections.filter(({ step_id: step }) => step === null || !steps.includes(step));
      return { kind, written: written.map(({ section_id: id }) => id), carried: carried.map(({ id }) => id) };
    }),
  );
  const { input_tokens: input, output_tokens: output } = preview;
  const used = { input: run.usage?.input_tokens ?? 0, output: run.usage?.output_tokens ?? 0 };
  return { what, mismatches: differences(foreseen, done), estimated: { input, output }, used, unfinished, run };
}

interface Lists {
  kind: string;
  written: readonly string[];
  carried: readonly string[];
}

function differences(foreseen: readonly Lists[], done: readonly Lists[]): string[] {
  // What is written has an order; what is taken over is a set.
  const lines = (lists: readonly Lists[]) =>
    lists.flatMap(({ kind, written, carried }) => [
      `${kind}: written ${written.join(' ')}`,
      `${kind}: taken over ${carried.toSorted().join(' ')}`,
    ]);
  const [before, after] = [lines(foreseen), lines(done)];
  return Array.from({ length: Math.max(before.length, after.length) }, (_, i) => [before[i], after[i]])
    .filter(([one, other]) => one !== other)
    .map(([one, other]) => `foreseen "${one}", done "${other}"`);
}

/** By how much an estimate was off, as a share of what was used; `null`: of input and output together. */
export function errorOf({ estimated, used }: Comparison, of: keyof Tokens | null): number {
  const [before, after] = of
    ? [estimated[of], used[of]]
    : [estimated.input + estimated.output, used.input + used.output];
  return Math.abs(before - after) / Math.max(1, after);
}
