import type { SilentStep } from '@planwright/persistence';

/** How long silence is borne, in milliseconds. */
export interface Patience {
  /** Below this a step is not looked at. */
  stepMs: number;
  /** Sent and not begun. A slot was free when it was sent, so in health it is begun at once. */
  queuedMs: number;
  /** Its end was told to the broker, which may have lost it since. */
  settledMs: number;
  /** Where neither leases nor our own queue say anything. */
  blindMs: number;
}

/** What is known of an attempt beside its row. */
export type Sign =
  /** A worker holds its lease. */
  | 'held'
  /** Its worker told its end. */
  | 'settled'
  /** Nobody knows it. */
  | 'none';

/** What a look at the silent steps has to go by. */
export interface Look {
  silent: readonly SilentStep[];
  /** In the order of `silent`; null when the leases could not be read. */
  signs: readonly Sign[] | null;
  /** True while old messages wait in the engine's own queue: facts among them may speak for these steps. */
  behind: boolean;
  /** Steps whose worker was missing at the look before. */
  suspects: ReadonlySet<string>;
  patience: Patience;
}

/** Tells attempts apart. */
export const keyOf = ({ stepId, attempt }: Pick<SilentStep, 'stepId' | 'attempt'>): string => `${stepId}/${attempt}`;

/**
 * Which silent steps are lost: sent and not begun for too long, or begun by a worker whose lease is missing at two looks
 * in a row, as one may be late. A step whose lease is alive is let be until well after its deadline.
 */
export function judgeSilence({ silent, signs, behind, suspects, patience }: Look): {
  lost: SilentStep[];
  suspects: ReadonlySet<string>;
} {
  const missing = new Set<string>();
  const lost = silent.filter((step, i) => {
    const sign = signs?.[i] ?? 'none';
    if (step.overdue && step.silentMs >= patience.blindMs) return true;
    if (sign === 'held') return false;
    if (step.silentMs >= patience.blindMs && (step.status === 'queued' || patience.blindMs === 0)) return true;
    if (behind || !signs) return false;
    if (sign === 'settled') return step.silentMs >= patience.settledMs;
    if (step.status === 'queued') return step.silentMs >= patience.queuedMs;
    missing.add(keyOf(step));
    return suspects.has(keyOf(step));
  });
  return { lost, suspects: missing };
}
