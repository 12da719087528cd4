import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './ask.js';
import type { RequestRecord } from './ask.js';
import type { ChaosOptions } from './options.js';
import type { Random } from './random.js';
import { tokenFor } from './writer.js';

/** One run that a customer wants: what was asked and what was answered, over however many requests. */
export interface Order {
  readonly token: string;
  /** Its `Idempotency-Key`, the same in every request. */
  readonly key: string;
  readonly doubleClicked: boolean;
  readonly followed: boolean;
  /** After the run was accepted, in milliseconds; null where nobody cancels it. */
  readonly cancelAfterMs: number | null;
  readonly requests: RequestRecord[];
  /** Every run that an answer named; more than one is one too many. */
  readonly runIds: Set<string>;
  projectId: string | null;
  acceptedAt: number | null;
  /** When the wish to cancel was answered. */
  cancelledAt: number | null;
  /** Why there was no run in the end. */
  refusal: string | null;
}

const CANCELLED_SHARE = 0.05;
const DOUBLE_CLICKED_SHARE = 0.1;
const MOST_FOLLOWED = 30;

export function planOrders(random: Random, { runs, seed }: Pick<ChaosOptions, 'runs' | 'seed'>): Order[] {
  // At least one of each, also where there are few.
  const count = (share: number) => Math.max(1, Math.round(runs * share));
  const picked = (share: number) => new Set(random.shuffle([...Array(runs).keys()]).slice(0, count(share)));
  const [cancelled, doubled] = [picked(CANCELLED_SHARE), picked(DOUBLE_CLICKED_SHARE)];
  const followed = picked(Math.min(1 / 3, MOST_FOLLOWED / runs));
  return Array.from({ length: runs }, (_, i) => ({
    token: tokenFor(seed, i + 1),
    key: `${tokenFor(seed, i + 1)}-key`,
    doubleClicked: doubled.has(i),
    followed: followed.has(i),
    cancelAfterMs: cancelled.has(i) ? random.between(0, 6_000) : null,
    requests: [],
    runIds: new Set<string>(),
    projectId: null,
    acceptedAt: null,
    cancelledAt: null,
    refusal: null,
  }));
}

interface CustomerParts {
  gateways: readonly [string, ...string[]];
  options: Pick<ChaosOptions, 'mode' | 'documents'>;
  random: Random;
  /** After this instant nobody asks again. */
  giveUp: AbortSignal;
  onAccepted: (runId: string) => void;
}

/** Brings one order to its run: asks until there is an answer, at one gateway or the other. */
export async function place(
  order: Order,
  { gateways, options, random, giveUp, onAccepted }: CustomerParts,
): Promise<void> {
  const post = (path: string, key: string, body: object) =>
    ask({ method: 'POST', path, key, body, gateways, random, giveUp, requests: order.requests });
  const idea = `A lending library for tools, wanted as ${order.token}: neighbours borrow drills and ladders from a shelf.`;
  const project = await post('/v1/projects', `${order.key}-project`, { name: 'Lending library', idea });
  if (project.id === null) return void (order.refusal = project.said);
  order.projectId = project.id;

  const wish = { mode: options.mode, ...(options.documents === 'prd' && { documents: ['prd'] }) };
  const click = async () => {
    const { id, said } = await post(`/v1/projects/${project.id}/runs`, order.key, wish);
    if (id === null) return void (order.refusal = said);
    order.runIds.add(id);
    if (order.acceptedAt === null) {
      order.acceptedAt = Date.now();
      onAccepted(id);
    }
  };
  await Promise.all(order.doubleClicked ? [click(), click()] : [click()]);

  const [runId] = order.runIds;
  if (order.cancelAfterMs === null || runId === undefined) return;
  await sleep(order.cancelAfterMs, undefined, { signal: giveUp }).catch(() => undefined);
  const cancelled = await post(`/v1/runs/${runId}/cancel`, `${order.key}-cancel`, {});
  if (cancelled.id !== null) order.cancelledAt = Date.now();
}
