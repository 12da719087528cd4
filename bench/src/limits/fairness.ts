import { Quotas } from '@planwright/limits';
import { createQuota } from '@planwright/testing';
import { quantile, rounded, show } from '../figures.js';
import type { Done, Outcome, Scenario, Step, World } from './simulate.js';
import { simulate } from './simulate.js';

const EPOCH = 1_800_000_000_000;
const MINUTES = Number(process.env.BENCH_MINUTES ?? 11);
const WARM_UP_MS = 60_000;
const LIMITS = { requests: 5_000, tokens: 3_000_000 };
const HEAVY = 'heavy';
const LIGHT = Array.from({ length: 9 }, (_, i) => `light-${i + 1}`);
const HEAVY_STEPS = 1_000;
/** How long somebody with little to do thinks before the next section. */
const THINK_MS = 3_000;

type Plan = Pick<Scenario, 'begin' | 'next'>;

/** One workspace with a thousand steps waiting and nine others: what each gets, and how long those with little wait. */
export async function fairness(): Promise<object> {
  const all = await run(everybodyHasBacklog());
  const shares = [HEAVY, ...LIGHT].map((workspace) => tokensOf(all.done, workspace));
  const index = jain(shares);
  const alone = waits(await run(littleWork(LIGHT.slice(0, 1), false)), LIGHT);
  const together = waits(await run(littleWork(LIGHT, true)), LIGHT);
  const figures = {
    minutes: MINUTES,
    jain: rounded(index, 4),
    tokens: shares,
    alone: spread(alone),
    together: spread(together),
    ratio: { p50: ratio(together, alone, 0.5), p95: ratio(together, alone, 0.95) },
  };
  show(`everybody has a backlog: Jain index ${figures.jain} in tokens`);
  show(`little work: waits ${alone.length} times alone, p50 ${figures.alone.p50} ms, p95 ${figures.alone.p95} ms`);
  show(`beside the heavy one and eight others: p50 ${figures.together.p50} ms, p95 ${figures.together.p95} ms`);
  return figures;
}

function run(plan: Plan): Promise<Outcome> {
  return simulate({
    ...{ profile: 'openai', generators: 8, slotsPerGenerator: 64, seed: 11, minutes: MINUTES },
    double: createQuota('openai', { startsAt: EPOCH, limits: LIMITS }),
    quotas: new Quotas({ openai: {} }, {}),
    ...plan,
  });
}

function everybodyHasBacklog(): Plan {
  return {
    begin: (world) => [
      ...Array.from({ length: HEAVY_STEPS }, () => world.step(HEAVY)),
      ...LIGHT.flatMap((workspace) => Array.from({ length: 30 }, () => world.step(workspace))),
    ],
    next: (ended, world) => world.step(ended.workspaceId),
  };
}

function littleWork(workspaces: readonly string[], isHeavyThere: boolean): Plan {
  const light = (world: World, workspace: string): Step => world.step(workspace, true);
  return {
    begin: (world) => [
      ...(isHeavyThere ? Array.from({ length: HEAVY_STEPS }, () => world.step(HEAVY)) : []),
      ...workspaces.map((workspace) => light(world, workspace)),
    ],
    next(ended, world) {
      if (ended.workspaceId === HEAVY) return world.step(HEAVY);
      world.later(THINK_MS, () => world.add(light(world, ended.workspaceId)));
      return null;
    },
  };
}

/** From the wish to the call. */
function waits({ done }: Outcome, workspaces: readonly string[]): number[] {
  return done
    .filter(({ step, grantedAt }) => workspaces.includes(step.workspaceId) && grantedAt > EPOCH + WARM_UP_MS)
    .map(({ step, grantedAt }) => grantedAt - step.createdAt);
}

function tokensOf(done: readonly Done[], workspace: string): number {
  return done
    .filter(({ step, grantedAt }) => step.workspaceId === workspace && grantedAt > EPOCH + WARM_UP_MS)
    .reduce((sum, { step }) => sum + step.inputTokens + step.maxOutputTokens, 0);
}

/** 1 where all have the same, 1/n where one has everything (R. Jain, D. Chiu and W. Hawe, DEC-TR-301, 1984). */
function jain(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
}

const spread = (values: readonly number[]) => ({
  p50: Math.round(quantile(values, 0.5)),
  p95: Math.round(quantile(values, 0.95)),
});
const ratio = (a: readonly number[], b: readonly number[], share: number) =>
  rounded(quantile(a, share) / quantile(b, share), 2);
