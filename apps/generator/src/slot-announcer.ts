import type { OnApplicationShutdown } from '@nestjs/common';
import type { Presence, Slots } from '@planwright/presence';
import { ANNOUNCE_EVERY_MS } from '@planwright/presence';

export interface SlotAnnouncerOptions {
  presence: Pick<Presence, 'announce'>;
  slots: Slots;
  log: { warn(fields: object, message: string): void };
  /** Default `ANNOUNCE_EVERY_MS`. */
  everyMs?: number;
}

const NONE: Slots = { interactive: 0, background: 0, features: 0 };

/** Tells how many steps can be written here: as long as the process lives, so that one which died is missed. */
export class SlotAnnouncer implements OnApplicationShutdown {
  private slots: Slots;
  private timer: NodeJS.Timeout | undefined;
  private isAway = false;

  constructor(private readonly options: SlotAnnouncerOptions) {
    this.slots = options.slots;
  }

  /** To be called once the queues are consumed. */
  start(): void {
    void this.announce();
    this.timer ??= setInterval(() => void this.announce(), this.options.everyMs ?? ANNOUNCE_EVERY_MS);
  }

  /** From now on there are no slots: to be called when the process takes nothing more. */
  drain(): void {
    this.slots = NONE;
    void this.announce();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async announce(): Promise<void> {
    try {
      await this.options.presence.announce(this.slots);
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) this.options.log.warn({ err: error }, 'slots cannot be announced, trying again');
      this.isAway = true;
    }
  }
}
