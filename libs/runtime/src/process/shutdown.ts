import type { Clock } from '../clock.js';
import { systemClock } from '../clock.js';

type Signal = 'SIGTERM' | 'SIGINT';
const SIGNALS: readonly Signal[] = ['SIGTERM', 'SIGINT'];

/**
 * A Ctrl-C reaches every process of the terminal's group, and npm passes the one it got on to its child: the same
 * keystroke arrives twice within milliseconds. Only a signal later than this is a second one.
 */
const SAME_SIGNAL_MS = 500;

export interface ShutdownOptions {
  /** Time the drain has; after it the process exits with 1. */
  graceMs: number;
  /** Stops taking work, finishes what runs, closes connections. Called once. */
  drain(reason: string): Promise<void>;
  log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
  exit?: (code: number) => void;
  clock?: Clock;
}

export interface Shutdown {
  /** Starts the drain as a signal would. Every call answers the same promise, the exit code. */
  begin(reason: string): Promise<number>;
  /** Takes the signal handlers off again; for processes that end without a signal, and for tests. */
  dispose(): void;
}

/**
 * One drain on the first SIGTERM or SIGINT, within `graceMs`: exit 0 when it ends, 1 when it fails or takes too long.
 * A second signal exits at once with 130 (SIGINT) or 143 (SIGTERM).
 */
export function onShutdown(options: ShutdownOptions): Shutdown {
  const { graceMs, drain, log, exit = (code) => process.exit(code), clock = systemClock } = options;
  let begunAt = 0;
  let ending: Promise<number> | undefined;

  const run = async (reason: string): Promise<number> => {
    log.info({ reason, graceMs }, 'draining');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<number>((resolve) => {
      timer = setTimeout(() => {
        log.error({ graceMs }, 'not drained in time, exiting');
        resolve(1);
      }, graceMs);
    });
    const drained = drain(reason).then(
      () => {
        log.info({ ms: clock.now() - begunAt }, 'drained');
        return 0;
      },
      (error: unknown) => {
        log.error({ err: error }, 'drain failed');
        return 1;
      },
    );
    const code = await Promise.race([drained, late]);
    clearTimeout(timer);
    dispose();
    exit(code);
    return code;
  };
  const begin = (reason: string): Promise<number> => {
    if (!ending) {
      begunAt = clock.now();
      ending = run(reason);
    }
    return ending;
  };
  const onSignal = (signal: Signal): void => {
    if (!ending) void begin(signal);
    else if (clock.now() - begunAt >= SAME_SIGNAL_MS) {
      dispose();
      exit(signal === 'SIGINT' ? 130 : 143);
    }
  };
  const dispose = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return { begin, dispose };
}
