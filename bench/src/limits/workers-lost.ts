import { Quotas } from '@planwright/limits';
import { createQuota } from '@planwright/testing';
import { rounded, show } from '../figures.js';
import { simulate } from './simulate.js';

const EPOCH = 1_800_000_000_000;
const MINUTES = 10;
const KILL_AT_MS = 5 * 60_000;
/** After this a reservation nobody renews is over. */
const LEASE_MS = 10_000;
const LIMITS = { requests: 4_000, input_tokens: 4_000_000, output_tokens: 550_000 };

/** Four of eight generators die with all they hold: when their reservations are back, and what is used of the limit then. */
export async function workersLost(): Promise<object> {
  const double = createQuota('anthropic', { startsAt: EPOCH, limits: LIMITS });
  const held: { afterMs: number; reserved: number; running: number }[] = [];
  const outcome = await simulate({
    ...{ profile: 'anthropic', double, generators: 8, slotsPerGenerator: 64, seed: 5, minutes: MINUTES },
    quotas: new Quotas({ anthropic: {} }, {}),
    begin: (world) => Array.from({ length: 600 }, () => world.step('w')),
    next: (_, world) => world.step('w'),
    happens: [
      { atMinute: KILL_AT_MS / 60_000, act: (world) => world.kill(4) },
      ...[1, 5, 9, 11, 15].map((seconds) => ({
        atMinute: (KILL_AT_MS + seconds * 1_000) / 60_000,
        act: async (world: { reserved(): Promise<number> }) => {
          const running = double.ledger.calls().filter(({ end }) => end === 'open').length;
          held.push({ afterMs: seconds * 1_000, reserved: await world.reserved(), running });
        },
      })),
    ],
  });
  const used = (fromMs: number, toMs: number) =>
    double.ledger.utilisation('output_tokens', EPOCH + fromMs, EPOCH + toMs).share * 100;
  const figures = {
    minutes: MINUTES,
    held,
    usedBeforePercent: rounded(used(60_000, KILL_AT_MS), 2),
    usedAfterPercent: rounded(used(KILL_AT_MS + LEASE_MS, MINUTES * 60_000), 2),
    refused: outcome.refusals.length,
    calls: outcome.done.length,
  };
  for (const { afterMs, reserved, running } of held)
    show(`${afterMs / 1_000} s after: ${reserved} reserved, ${running} running`);
  show(
    `used before ${figures.usedBeforePercent} %, after ${figures.usedAfterPercent} %; refused ${figures.refused} of ${figures.calls}`,
  );
  return figures;
}
