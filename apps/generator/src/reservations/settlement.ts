import type { FailureCode, Refusal } from '@planwright/contracts';
import { MAX_DELAY_MS } from '@planwright/contracts';
import type { Amounts, Quota, Settlement } from '@planwright/limits';
import { chargedFor, chargedForRefused } from '@planwright/limits';
import type { CallOutcome } from '../provider-call/call-provider.js';

/** What an ill provider says; after enough of it nobody calls for a while. */
const ILL: ReadonlySet<FailureCode> = new Set(['overloaded', 'server_error', 'timeout', 'connection']);
/** A provider that answers so is well, whatever became of the text. */
const WELL: ReadonlySet<FailureCode> = new Set(['content_filtered', 'truncated', 'malformed']);
/** What concerns everybody who calls with this credential, and how long it is left alone where no instant is named. */
const PAUSES_MS: Partial<Record<FailureCode, number>> = { rate_limited: 5_000, auth: 15_000, billing: 15_000 };

/** What a call's end means for the limits it was made under. `now`: in ms since 1970. */
export function settlementOf(outcome: CallOutcome, quota: Quota | null, cost: number, now = Date.now()): Settlement {
  const charged = chargedOf(outcome, quota);
  if (outcome.kind === 'stopped') return { charged, cost, health: 'unknown' };
  if (outcome.kind === 'result') return { charged, cost, health: 'good' };
  const { code, resets_at } = outcome.failure;
  const pauseMs = PAUSES_MS[code];
  if (pauseMs === undefined) {
    return { charged, cost, health: ILL.has(code) ? 'bad' : WELL.has(code) ? 'good' : 'unknown', code };
  }
  const named = resets_at === null ? Number.NaN : Date.parse(resets_at) - now;
  const ms = Math.min(MAX_DELAY_MS, Number.isNaN(named) ? pauseMs : Math.max(0, named));
  const isRamp = outcome.refusal?.isRamp ?? false;
  return { charged, cost, health: 'unknown', pause: { code, ms, isRamp } };
}

/** A call that was refused counts as little as the profile says; one that nobody answered counts as it was reserved. */
function chargedOf(outcome: CallOutcome, quota: Quota | null): Amounts {
  if (!quota) return {};
  if (outcome.usage) return chargedFor(quota.profile, outcome.usage);
  return outcome.kind === 'failed' && isRefusal(outcome.refusal) ? chargedForRefused(quota.profile) : {};
}

/** True for an answer that says no. A broken connection and an error of the provider's may come after it has counted. */
function isRefusal(refusal: Refusal | null): boolean {
  const status = refusal?.status ?? 0;
  return (status >= 400 && status < 500) || status === 503 || status === 529;
}
