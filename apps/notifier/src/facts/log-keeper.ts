import type { LiveLog } from '@planwright/live';
import { fillFacts } from '@planwright/live';
import type { FactStore } from '../ports.js';

/**
 * Keeps live logs level with the stored facts. The orchestrator appends its own facts; this is for those that did not
 * arrive, and for whole logs that were lost. Any number of replicas may do it at once: the log admits each fact once.
 */
export class LogKeeper {
  private readonly filling = new Map<string, { now: Promise<void>; next: Promise<void> | null }>();

  constructor(
    private readonly live: LiveLog,
    private readonly store: FactStore,
  ) {}

  /** Resolves when every fact that was stored before the call is in the log. */
  fill(channel: string): Promise<void> {
    const running = this.filling.get(channel);
    // One that runs may have read before the newest fact was stored; one that waits has not read yet.
    if (running) return (running.next ??= running.now.catch(() => undefined).then(() => this.begin(channel)));
    return this.begin(channel);
  }

  /** As `fill`, without a question to the database where the log has fact number `n`. */
  async reach(channel: string, n: number): Promise<void> {
    const { lastFact } = await this.live.appendFacts(channel, []);
    if (lastFact < n) await this.fill(channel);
  }

  /** Whether there is still what the channel tells of. */
  async isThere(channel: string): Promise<boolean> {
    return (await this.store.channelOwner(channel)) !== null;
  }

  private begin(channel: string): Promise<void> {
    const now = fillFacts(this.live, channel, (after, limit) => this.read(channel, after, limit)).then(() => undefined);
    const entry = { now, next: null };
    this.filling.set(channel, entry);
    const done = () => {
      if (this.filling.get(channel) === entry && !entry.next) this.filling.delete(channel);
    };
    now.then(done, done);
    return now;
  }

  private read(channel: string, after: number, limit: number) {
    const [of, id = '', features] = channel.split('.');
    if (features !== undefined) return this.store.featureEvents(id, after, limit);
    return of === 'run' ? this.store.runEvents(id, after, limit) : this.store.projectEvents(id, after, limit);
  }
}
