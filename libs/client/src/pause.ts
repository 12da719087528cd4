/** Resolves after so many milliseconds, or as soon as the signal aborts or `wake` calls. */
export function pause(
  ms: number,
  signal?: AbortSignal,
  wake: (listener: () => void) => () => void = () => () => undefined,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    const asleep = wake(done);
    signal?.addEventListener('abort', done);
    function done() {
      clearTimeout(timer);
      asleep();
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}
