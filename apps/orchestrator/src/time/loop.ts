/** A standing loop: runs `work` again and again, `pauseMs` after each end, until stopped. */
export interface Loop {
  /** Resolves when the round under way has ended; no further one begins. */
  stop(): Promise<void>;
}

/**
 * Starts a loop. `work` answers how many milliseconds to wait before the next round. An error is told to `onError` and
 * the loop goes on after `errorPauseMs`: a net that stops at its first fault is none.
 */
export function startLoop(options: {
  work: () => Promise<number>;
  onError: (error: unknown) => void;
  errorPauseMs: number;
  /** Milliseconds until the first round; default 0. */
  delayMs?: number | undefined;
}): Loop {
  let stopped = false;
  let wake = () => {};
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    if (options.delayMs) await pause(options.delayMs);
    while (!stopped) {
      let pauseMs: number;
      try {
        pauseMs = await options.work();
      } catch (error) {
        options.onError(error);
        pauseMs = options.errorPauseMs;
      }
      if (stopped) break;
      await pause(pauseMs);
    }
  })();
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}
