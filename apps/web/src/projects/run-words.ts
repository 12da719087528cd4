import type { Schemas } from '@planwright/client';
import { counted } from '../format/numbers.js';
import type { Tone } from '../ui/badge.js';

type Run = Schemas['RunSummary'];

/** A run's status in one or two words. */
export function statusOf(run: Pick<Run, 'status'> | null): { words: string; tone: Tone } {
  switch (run?.status) {
    case undefined:
      return { words: 'Not started', tone: 'plain' };
    case 'queued':
      return { words: 'Waiting', tone: 'info' };
    case 'running':
      return { words: 'Writing', tone: 'info' };
    case 'succeeded':
      return { words: 'Ready', tone: 'good' };
    case 'partial':
      return { words: 'Partly written', tone: 'warn' };
    case 'failed':
      return { words: 'Failed', tone: 'bad' };
    case 'cancelled':
      return { words: 'Cancelled', tone: 'plain' };
  }
}

/** `4 of 7 sections`, of the document that is being written; null where nothing is. */
export function progressOf({ status, sections_completed: done, sections_total: total }: Run): string | null {
  return status === 'running' && total > 0 ? `${done} of ${counted(total, 'section')}` : null;
}
