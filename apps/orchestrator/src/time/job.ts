/**
 * Work that is asked for again and again and runs once at a time: asked for while it runs, it is left at that, as whoever
 * asks will ask again. A job that fails or hangs keeps no other one waiting.
 */
export class Job {
  private running: Promise<void> | null = null;

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.running ??= this.work()
      .then(() => undefined, this.onError)
      .finally(() => (this.running = null));
  }

  /** Resolves when the round under way, if any, has ended. */
  async idle(): Promise<void> {
    await this.running;
  }
}
