import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Order } from './crowd.js';
import type { Tally } from './member.js';
import { emptyTally, Member } from './member.js';

/** A share of a crowd, in a thread of its own: does what it is told and counts. */
const { channels, urls: first } = workerData as { channels: readonly string[]; urls: readonly string[] };
let urls = first;
const tally: Tally = emptyTally();
let members: Member[] = [];
const cutting = new AbortController();

const doings: { [K in Order['do']]: (order: Extract<Order, { do: K }>) => Promise<unknown> } = {
  async join({ overMs }) {
    members = channels.map((channel) => new Member(channel, () => urls, tally));
    const pauseMs = overMs / members.length;
    const begin = performance.now();
    for (const [index, member] of members.entries()) {
      const aheadMs = index * pauseMs - (performance.now() - begin);
      if (aheadMs > 1) await sleep(aheadMs);
      member.connect();
    }
  },
  async level() {
    return members.filter(({ level, ended }) => level || ended).length;
  },
  async ended() {
    return members.filter(({ ended }) => ended).length;
  },
  /** Cuts each member again and again; the first cut comes somewhere within the pause. */
  async cut({ everyMs, forMs }) {
    for (const member of members) void cutAgain(member, everyMs, forMs);
  },
  async calm() {
    cutting.abort();
  },
  async count() {
    const counted = { ...tally };
    Object.assign(tally, emptyTally());
    return counted;
  },
  async texts() {
    return members.map(({ texts }) => [...texts].map(([section, text]) => [section, sha256(text)]));
  },
  async move(order) {
    urls = order.urls;
  },
  async leave() {
    for (const member of members) member.leave();
  },
};

async function cutAgain(member: Member, everyMs: number, forMs: number): Promise<void> {
  const { signal } = cutting;
  for (let first = true; !signal.aborted; first = false) {
    const waitMs = first ? Math.random() * everyMs : everyMs * (0.8 + Math.random() * 0.4);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) member.cut(forMs);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

parentPort?.on('message', ({ id, order }: { id: number; order: Order }) => {
  const doing = doings[order.do] as (order: Order) => Promise<unknown>;
  void doing(order).then((answer) => parentPort?.postMessage({ id, answer }));
});
