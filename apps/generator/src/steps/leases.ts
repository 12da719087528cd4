import type { Claim, Fence, Presence } from '@planwright/presence';
import { RENEW_EVERY_MS } from '@planwright/presence';
import type { RunningStep } from './running-steps.js';

export type Leaseholder = Pick<Presence, 'claim' | 'renew' | 'settle' | 'release' | 'alive'>;

export interface LeasesOptions {
  presence: Leaseholder;
  log: { warn(fields: object, message: string): void; info(fields: object, message: string): void };
  /** Default `RENEW_EVERY_MS`. */
  renewEveryMs?: number;
}

/**
 * The leases of what runs here. While presence is away nothing here fails: work goes on without leases, and they are
 * back with the first renewal after it.
 */
export class Leases {
  private readonly kept = new Set<RunningStep>();
  private readonly renewEveryMs: number;
  private timer: NodeJS.Timeout | undefined;
  private isRenewing = false;
  private isAway = false;

  constructor(private readonly options: LeasesOptions) {
    this.renewEveryMs = options.renewEveryMs ?? RENEW_EVERY_MS;
  }

  /**
   * Asks for the lease of an attempt; `unknown` while presence is away. A stopped attempt whose worker lives counts as
   * held: that worker is about to tell the end itself, and has the text so far.
   */
  async claim(fence: Fence): Promise<Claim | 'unknown'> {
    const { presence } = this.options;
    const claim = await this.ask(async () => {
      const found = await presence.claim(fence);
      if (found !== 'stopped') return found;
      const [isAlive] = await presence.alive([fence]);
      return isAlive ? 'held' : found;
    });
    return claim ?? 'unknown';
  }

  /** Renews the lease of a step from now on, in one call with all others, and cancels the step once it is stopped. */
  keep(step: RunningStep): void {
    this.kept.add(step);
    this.timer ??= setInterval(() => void this.renew(), this.renewEveryMs);
  }

  /** The step's end is with the broker. */
  async settle(step: RunningStep): Promise<void> {
    this.drop(step);
    await this.ask(() => this.options.presence.settle(step.fence));
  }

  /** Gives a lease back that was claimed, but is not kept. */
  async release(fence: Fence): Promise<void> {
    await this.ask(() => this.options.presence.release(fence));
  }

  /** Gives the lease of a step back if it is still kept: the step ends without an end that the broker knows of. */
  async leave(step: RunningStep): Promise<void> {
    if (this.drop(step)) await this.release(step.fence);
  }

  private drop(step: RunningStep): boolean {
    const wasKept = this.kept.delete(step);
    if (this.kept.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    return wasKept;
  }

  private async renew(): Promise<void> {
    if (this.isRenewing) return;
    this.isRenewing = true;
    const stopped = await this.ask(() => this.options.presence.renew([...this.kept].map(({ fence }) => fence)));
    this.isRenewing = false;
    for (const { stepId, attempt } of stopped ?? []) {
      for (const step of this.kept) {
        if (step.fence.stepId === stepId && step.fence.attempt === attempt) step.stop('cancelled');
      }
    }
  }

  private async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    const { log } = this.options;
    try {
      const answer = await question();
      if (this.isAway) log.info({}, 'leases are back');
      this.isAway = false;
      return answer;
    } catch (error) {
      if (!this.isAway) log.warn({ err: error }, 'leases cannot be taken or renewed, working without them');
      this.isAway = true;
      return undefined;
    }
  }
}
