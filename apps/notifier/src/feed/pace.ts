/** Length of a slot in which sends are counted, and longest pause, in milliseconds. */
const SLOT_MS = 50;
/** So many sends in a slot make the pause one millisecond longer. */
const SENDS_PER_MS = 10;

/**
 * How long a follower waits between two sends, so that what arrives meanwhile is merged: nothing while the process has
 * little to do, growing with the number of sends to all followers, at most 50 ms.
 */
export class Pace {
  private slotAt = 0;
  private sends = 0;
  private before = 0;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  sent(): void {
    this.roll();
    this.sends += 1;
  }

  windowMs(): number {
    this.roll();
    return Math.min(SLOT_MS, Math.floor(Math.max(this.sends, this.before) / SENDS_PER_MS));
  }

  private roll(): void {
    const slots = Math.floor((this.nowMs() - this.slotAt) / SLOT_MS);
    if (slots < 1) return;
    this.before = slots === 1 ? this.sends : 0;
    this.sends = 0;
    this.slotAt += slots * SLOT_MS;
  }
}
