import type { Failure } from '@planwright/contracts';
import type { Instant } from './state.js';

interface Fenced {
  readonly stepId: string;
  readonly attempt: number;
}

/** What can happen to a run. Time and randomness arrive inside the event. */
export type RunEvent =
  | { readonly type: 'run_started'; readonly at: Instant }
  | { readonly type: 'cancel_requested'; readonly at: Instant }
  /**
   * The sweeper looks whether everything that follows from the rows has been done. In health it changes nothing; the stop
   * of a step that goes on although its run was cancelled is broadcast again.
   */
  | { readonly type: 'run_checked'; readonly at: Instant }
  | ({ readonly type: 'step_started'; readonly at: Instant } & Fenced)
  | ({ readonly type: 'step_streaming'; readonly at: Instant } & Fenced)
  | ({ readonly type: 'step_generated'; readonly at: Instant } & Fenced)
  | ({
      readonly type: 'step_failed';
      readonly at: Instant;
      readonly failure: Failure;
      /** 0 ≤ jitter < 1, drawn by the shell: spreads the wait by ± 20 %. */
      readonly jitter: number;
    } & Fenced)
  | ({
      readonly type: 'step_delayed';
      readonly at: Instant;
      readonly nextAttemptAt: Instant;
      readonly reason: string;
      readonly position: number | null;
    } & Fenced)
  | ({ readonly type: 'step_cancelled'; readonly at: Instant } & Fenced)
  /** A redelivery found no living worker, or the sweeper found a step without any sign of life. */
  | ({ readonly type: 'step_lost'; readonly at: Instant } & Fenced)
  /**
   * The due-scanner: a delayed step goes on. `called`: it need not wait for the instant it was told, as the limiter has
   * room for it now, or holds it until then. Default: false.
   */
  | ({ readonly type: 'step_due'; readonly at: Instant; readonly called?: boolean } & Fenced);
