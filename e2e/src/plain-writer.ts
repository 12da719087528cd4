import type { CallRequest, LedgerAnswer, LedgerCall } from '@planwright/testing';

export interface Pace {
  firstDelayMs?: number;
  /** Between two chunks. */
  delayMs?: number;
  chunks?: number;
}

/** Words of a text: no fewer than a quarter of what any section is asked for, and no flood. */
const WORDS = 150;

/** Answers every call for a section with so many chunks, which say which call they are of. */
export function plainWriter(pace: Pace = {}): (request: CallRequest, call: LedgerCall) => LedgerAnswer {
  const { firstDelayMs = 5, delayMs = 5, chunks = 20 } = pace;
  const more = ' word'.repeat(Math.max(0, Math.round(WORDS / chunks) - 1));
  return ({ title, sectionId }, { number }) => ({
    chunks: Array.from(
      { length: chunks },
      (_, i) => `${i === 0 ? `${title}: ` : ''}piece-${i}-of-call-${number}-for-${sectionId}${more}. `,
    ),
    firstDelayMs,
    delayMs,
    end: 'stop',
  });
}
