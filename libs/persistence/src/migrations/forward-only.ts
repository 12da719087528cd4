/** Migrations have no way back: an older release meets a newer schema with a clear refusal, never with less data. */
export function forwardOnly(): Promise<void> {
  throw new Error('migrations go forward only');
}
