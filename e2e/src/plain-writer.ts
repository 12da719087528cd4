import type { CallRequest, LedgerAnswer, LedgerCall } from '@planwright/testing';

export interface Pace {
  firstDelayMs?: number;
  /** Between two chunks. */
  delayMs?: number;
  chunks?: number;
}

/** Answers every call for a section with so many chunks, which say which call they are of. */
export function plainWriter(pace: Pace = {}): (request: CallRequest, call: LedgerCall) => LedgerAnswer {
  const { firstDelayMs = 5, delayMs = 5, chunks = 20 } = pace;
  return ({ title, sectionId }, { number }) => ({
    chunks: Array.from(
      { length: chunks },
      (_, i) => `${i === 0 ? `${title}: ` : ''}word ${i} of call ${number} for ${sectionId}. `,
    ),
    firstDelayMs,
    delayMs,
    end: 'stop',
  });
}
