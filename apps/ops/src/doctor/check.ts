import { setTimeout as sleep } from 'node:timers/promises';
import { BootError } from '@planwright/runtime';

/** One thing that was looked at. */
export interface Check {
  /** What it is about, in a word or two. */
  name: string;
  /** `note`: all is well, and there is something to know. */
  status: 'ok' | 'note' | 'bad';
  /** What was seen. */
  detail: string;
  /** What to do about it; only where there is something. */
  advice?: string;
}

export const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail });
export const note = (name: string, detail: string, advice: string): Check => ({ name, status: 'note', detail, advice });
export const bad = (name: string, detail: string, advice: string): Check => ({ name, status: 'bad', detail, advice });

const PATIENCE_MS = 15_000;

/** Looks at one thing; what it throws, and that it takes longer than `patienceMs`, becomes a check that failed. */
export async function looked(
  name: string,
  advice: string,
  look: () => Promise<Check[]>,
  patienceMs = PATIENCE_MS,
): Promise<Check[]> {
  const over = new AbortController();
  const late = sleep(patienceMs, null, { signal: over.signal }).catch(() => null);
  try {
    const checks = await Promise.race([look(), late]);
    return checks ?? [bad(name, `no answer within ${patienceMs / 1000} s`, advice)];
  } catch (error) {
    // These sentences say what to do themselves.
    if (error instanceof BootError) return [{ name, status: 'bad', detail: error.message }];
    return [bad(name, sentenceOf(error), advice)];
  } finally {
    over.abort();
  }
}

/** Of a connection that was refused on both address families, the message is empty. */
function sentenceOf(error: unknown): string {
  const causes = error instanceof AggregateError ? error.errors.map((cause) => (cause as Error).message) : [];
  return (error as Error).message || causes.join('; ') || String(error);
}
