import { setTimeout as sleep } from 'node:timers/promises';
import { auditByOperator } from './audit/audit-by-operator.js';
import { auditCalls } from './audit/audit-calls.js';
import { auditEvents } from './audit/audit-events.js';
import { auditFollows } from './audit/audit-follows.js';
import { auditRuns } from './audit/audit-runs.js';
import { auditTexts } from './audit/audit-texts.js';
import type { Books } from './audit/finding.js';
import { finding } from './audit/finding.js';
import type { Order } from './customers.js';
import { place, planOrders } from './customers.js';
import { gatherEvidence } from './evidence.js';
import { planFaults } from './faults.js';
import { follow } from './follow.js';
import type { Follow } from './follow.js';
import { keepBooks } from './keep.js';
import type { ChaosOptions } from './options.js';
import { untilQuiet } from './quiet.js';
import type { Random } from './random.js';
import { seededRandom } from './random.js';
import type { ChaosReport } from './report.js';
import { countBy, figuresOf } from './report.js';
import { storm } from './storm.js';
import { startWorld } from './world.js';
import type { World } from './world.js';

/** How long customers go on asking after the faults are over. */
const CUSTOMERS_PATIENCE_MS = 120_000;
/** How long a follower may need to hear the end of a run that has ended. */
const TOLD_WITHIN_MS = 20_000;

/**
 * Runs the whole thing once: starts the world, lets customers and faults loose on it, waits until it is quiet, compares
 * all books, and takes everything down again. Answers findings; throws only where it could not be carried out, or when
 * `signal` aborts it.
 */
export async function runChaos(
  options: ChaosOptions,
  { say, signal }: { say: (line: string) => void; signal?: AbortSignal },
): Promise<ChaosReport> {
  const startedAt = Date.now();
  const limit = AbortSignal.timeout(options.limitMs);
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  const random = seededRandom(options.seed);
  const world = await startWorld(options, say);
  try {
    signal?.throwIfAborted();
    const orders = planOrders(random.fork('orders'), options);
    const follows: Follow[] = [];
    const plan = planFaults(random.fork('faults'), { ...options, processes: world.processes });
    const begin = Date.now();
    const startMs = begin - startedAt;
    const tell = (line: string) => say(`+${((Date.now() - begin) / 1000).toFixed(1)} s  ${line}`);
    tell(`${orders.length} runs, ${plan.length} faults in ${options.seconds} s, seed ${options.seed}`);

    const end = AbortSignal.any([AbortSignal.timeout(options.seconds * 1000), stop]);
    const storming = storm(world, plan, { end, say: tell });
    const patience = AbortSignal.any([AbortSignal.timeout(options.seconds * 1000 + CUSTOMERS_PATIENCE_MS), stop]);
    const ordering = placeAll(orders, { world, options, random: random.fork('customers'), stop, patience, follows });
    const faults = await storming;
    const calmAt = Date.now();
    tell('the faults are over');
    await ordering;
    const stuck = await untilQuiet(world.services.postgres.url, new Date(calmAt), stop);
    const recoveryMs = Date.now() - calmAt;
    tell(stuck.length === 0 ? 'all is quiet' : `${stuck.length} steps or runs were late by more than a minute`);
    signal?.throwIfAborted();
    await untilTold(follows);

    const evidence = await gatherEvidence(world.services.postgres.url);
    const books: Books = { orders, calls: world.ledger.calls, faults, evidence, stuck };
    const exits = world.processes.flatMap((process) => process.exits);
    const { findings, extra } = auditCalls(books);
    const report: ChaosReport = {
      seed: options.seed,
      figures: figuresOf({
        ...{ books, follows, extra, exits, startMs, recoveryMs },
        repairs: repairsOf(world),
        tookMs: Date.now() - startedAt,
      }),
      findings: [
        ...[
          ...auditRuns(books),
          ...auditTexts(books),
          ...findings,
          ...auditEvents(books),
          ...auditFollows(follows, books),
        ],
        ...(await auditByOperator(world.services.postgres.url)),
        ...exits
          .filter(({ wasReady }) => wasReady)
          .map(({ name, how, output }) => finding('crashed', `${name} ended by itself (${how})${output}`)),
      ],
      refusedStarts: exits.filter(({ wasReady }) => !wasReady),
    };
    if (options.keep !== undefined) await keepBooks(options.keep, { books, follows, world, report });
    return report;
  } finally {
    await world.stop();
  }
}

async function placeAll(
  orders: readonly Order[],
  parts: {
    world: World;
    options: ChaosOptions;
    random: Random;
    stop: AbortSignal;
    patience: AbortSignal;
    follows: Follow[];
  },
): Promise<void> {
  const { world, options, random, stop, patience, follows } = parts;
  const { gateways } = world;
  const everyMs = (options.seconds * 1000 * options.orderingShare) / orders.length;
  const placing = orders.map(async (order, i) => {
    const own = random.fork(order.token);
    await sleep(i * everyMs, undefined, { signal: stop }).catch(() => undefined);
    const onAccepted = (runId: string) => {
      if (order.followed) follows.push(follow(runId, { gateways, random: own.fork('follow'), giveUp: stop }));
    };
    await place(order, { gateways, options, random: own, giveUp: patience, onAccepted });
  });
  await Promise.all(placing);
}

async function untilTold(follows: readonly Follow[]): Promise<void> {
  const told = new AbortController();
  const late = sleep(TOLD_WITHIN_MS, undefined, { signal: told.signal }).catch(() => undefined);
  await Promise.race([Promise.all(follows.map(({ over }) => over)), late]);
  told.abort();
}

/** What the engine's nets repaired, as its logs tell. */
function repairsOf({ processes }: World): Record<string, number> {
  const lines = processes.flatMap(({ incarnations }) => incarnations.flatMap((app) => app.lines));
  return countBy(
    lines.flatMap(({ text }) => /"kind":"(\w+)".*"msg":"repair"/.exec(text)?.[1] ?? []),
    (what) => what,
  );
}
