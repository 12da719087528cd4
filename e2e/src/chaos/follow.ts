import { setTimeout as sleep } from 'node:timers/promises';
import { Transcript } from '../transcript.js';
import { TRANSPORTS } from './listen.js';
import type { Random } from './random.js';

/** Somebody who follows a run to its end over however many connections. */
export interface Follow {
  readonly runId: string;
  readonly transcript: Transcript;
  connections: number;
  /** Resolves at the run's end, or when there is no sense in waiting any more. */
  readonly over: Promise<void>;
}

/** Every connection is cut after a while; longer than whoever hears nothing would keep it. */
const CUT_AFTER_MS = [500, 8_000] as const;
/** Share of connections whose reader stops reading in between, and for how long. */
const STALLED_SHARE = 0.3;
const STALL_MS = [200, 4_000] as const;
/** Pause before the next connection. */
const RETRY_MS = [200, 2_000] as const;

/** Over all transports by turns, as chance will have it: each goes on where another one stopped. */
export function follow(
  runId: string,
  { gateways, random, giveUp }: { gateways: readonly [string, ...string[]]; random: Random; giveUp: AbortSignal },
): Follow {
  const transcript = new Transcript();
  const state = { runId, transcript, connections: 0 };
  const over = (async () => {
    while (!transcript.end && !giveUp.aborted) {
      state.connections++;
      const listen = random.pick(TRANSPORTS);
      const cut = AbortSignal.any([giveUp, AbortSignal.timeout(random.between(...CUT_AFTER_MS))]);
      const stallMs = random.chance(STALLED_SHARE) ? random.between(...STALL_MS) : 0;
      // However a connection ends, the next one goes on.
      await listen({ url: random.pick(gateways), runId, transcript, stallMs, cut }).catch(() => undefined);
      if (!transcript.end) await sleep(random.between(...RETRY_MS));
    }
  })();
  return Object.assign(state, { over });
}
