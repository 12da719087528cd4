/** How long it takes to show most of what has arrived, in ms: longer than the pause between two deliveries. */
const EASE_MS = 160;

/**
 * How much of a text to show a frame of `elapsedMs` after `shown` characters: a share of what is left, so that it appears at
 * the pace it is written, whatever the size of its deliveries, and never falls behind.
 */
export function nextShown(text: string, shown: number, elapsedMs: number): number {
  const left = text.length - shown;
  if (left <= 0) return text.length;
  const share = Math.min(1, Math.max(elapsedMs, 8) / EASE_MS);
  const next = shown + Math.max(1, Math.ceil(left * share));
  const isInsideOfPair = /[\uD800-\uDBFF]/.test(text.charAt(next - 1));
  return isInsideOfPair ? Math.min(text.length, next + 1) : Math.min(text.length, next);
}
