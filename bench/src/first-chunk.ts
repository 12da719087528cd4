import { startDistributed } from '@planwright/e2e/distributed';
import { startRun, untilEnded } from '@planwright/e2e/driver';
import { FOLLOWS } from '@planwright/e2e/followers';
import { median, quantile, rounded, show } from './figures.js';

/** DETAILED runs of the PRD, one after another: 12 sections each. */
const RUNS = Number(process.env['BENCH_RUNS'] ?? 10);
/** Runs before the first that counts. */
const WARM_UP_RUNS = 2;
/** A model's pace: long enough a wait that the calls side by side do not begin in one millisecond. */
const PACE = { firstDelayMs: 120, delayMs: 15 };

/** From the provider's first piece of a section to the first chunk each kind of follower has of it. */
export async function firstChunk(): Promise<object> {
  const platform = await startDistributed({ scripted: true });
  try {
    const waits = FOLLOWS.map((): number[] => []);
    for (let i = -WARM_UP_RUNS; i < RUNS; i++) {
      const measured = await runOnce(platform);
      if (i >= 0) measured.forEach((of, follower) => waits[follower]?.push(...of));
    }
    return Object.fromEntries(FOLLOWS.map(([name], i) => [name, figuresOf(name, waits[i] ?? [])]));
  } finally {
    await platform.stop();
  }
}

function figuresOf(name: string, waits: readonly number[]): object {
  const figures = {
    chunks: waits.length,
    p50_ms: rounded(median(waits)),
    p99_ms: rounded(quantile(waits, 0.99)),
    worst_ms: rounded(quantile(waits, 1)),
  };
  const { p50_ms, p99_ms, worst_ms } = figures;
  show(`first chunk over ${name}, ${waits.length} sections: p50 ${p50_ms} ms, p99 ${p99_ms} ms, worst ${worst_ms} ms`);
  return figures;
}

/** For each follower, the waits of all sections. */
async function runOnce(platform: Awaited<ReturnType<typeof startDistributed>>): Promise<number[][]> {
  await platform.provider.reset();
  const { client, run } = await startRun(platform, { documents: ['prd'] });
  for (const { section_id } of run.steps) await platform.provider.script(section_id, PACE);
  const followers = await Promise.all(FOLLOWS.map(([, follow]) => follow({ url: platform.url, runId: run.id })));
  await untilEnded(client, run.id, 60_000);
  const calls = await platform.provider.calls();
  return Promise.all(
    followers.map(async ({ transcript, cut }) => {
      await transcript.untilEnd(10_000);
      cut();
      return calls.map(({ sectionId, firstPieceAt }) => {
        const first = transcript.heard.find(({ event }) => event.type === 'chunk' && event.section_id === sectionId);
        return (first?.at ?? Infinity) - (firstPieceAt ?? 0);
      });
    }),
  );
}
