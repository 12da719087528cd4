const UNIT_MS: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 0.001,
  µs: 0.001,
  ns: 1e-6,
};

/** A non-negative amount, rounded down; null for anything else (`-1` is Azure's "unknown"). */
export function amount(text: string | null): number | null {
  if (text === null || !/^\d+(\.\d+)?$/.test(text.trim())) return null;
  const value = Math.floor(Number(text));
  return Number.isSafeInteger(value) ? value : null;
}

/** Milliseconds of a Go duration (`6m0s`, `12ms`, `1h2m3.5s`) or of plain seconds (`46`), rounded up; null if neither. */
export function durationMs(text: string | null): number | null {
  const said = text?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(said)) return finite(Number(said) * 1000);
  if (!/^(\d+(\.\d+)?(d|h|ms|m|s|us|µs|ns))+$/.test(said)) return null;
  const parts = said.matchAll(/(\d+(?:\.\d+)?)(d|h|ms|m|s|us|µs|ns)/g);
  return finite([...parts].reduce((sum, [, value, unit]) => sum + Number(value) * (UNIT_MS[unit ?? ''] ?? 0), 0));
}

function finite(ms: number): number | null {
  // Sums of fractions: 3.3 s is 3300 ms, not 3301.
  const rounded = Math.ceil(Number(ms.toFixed(3)));
  return Number.isSafeInteger(rounded) ? rounded : null;
}

/**
 * Milliseconds until an instant (RFC 3339 or an HTTP date), never negative; null if it is none. Counted from the answer's
 * own `date` where it has one: its clock and ours need not agree.
 */
export function untilMs(instant: string | null, headers: Pick<Headers, 'get'>, nowMs: number): number | null {
  // A bare number would be taken for a year.
  const at = instant !== null && /\d:\d\d/.test(instant) ? Date.parse(instant) : Number.NaN;
  const answeredAt = Date.parse(headers.get('date') ?? '');
  const ms = at - (Number.isNaN(answeredAt) ? nowMs : answeredAt);
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

/** How long to wait as `retry-after` says it: seconds or a date (RFC 9110, 10.2.3); some relays write a unit. */
export function retryAfterMs(headers: Pick<Headers, 'get'>, nowMs: number): number | null {
  const said = headers.get('retry-after');
  return durationMs(said) ?? untilMs(said, headers, nowMs);
}
