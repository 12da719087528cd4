import type { Usage } from '@planwright/contracts';

/** The counts of a usage object, of which each event carries some; the names are the provider's. */
export interface ReportedCounts {
  input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  output_tokens?: number | null;
  output_tokens_details?: { thinking_tokens?: number | null } | null;
}

/**
 * What a message used so far. Every report is the total up to its event, and leaves out (or sends as null) what has not
 * changed, so the latest of each count holds. The provider counts cached input beside `input_tokens`; here it is within.
 */
export function createUsageMeter(): { report(counts: ReportedCounts | null | undefined): void; read(): Usage | null } {
  const latest = { plain: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
  let isReported = false;
  const keep = (name: keyof typeof latest, value: number | null | undefined) => {
    if (!Number.isSafeInteger(value) || Number(value) < 0) return;
    latest[name] = Number(value);
    isReported = true;
  };
  return {
    report(counts) {
      keep('plain', counts?.input_tokens);
      keep('cacheRead', counts?.cache_read_input_tokens);
      keep('cacheWrite', counts?.cache_creation_input_tokens);
      keep('output', counts?.output_tokens);
      keep('reasoning', counts?.output_tokens_details?.thinking_tokens);
    },
    read() {
      if (!isReported) return null;
      return {
        input_tokens: latest.plain + latest.cacheRead + latest.cacheWrite,
        output_tokens: latest.output,
        cached_input_tokens: latest.cacheRead,
        cache_write_tokens: latest.cacheWrite,
        reasoning_tokens: latest.reasoning,
        estimated: false,
      };
    },
  };
}
