import { fillFacts } from '@planwright/live';
import type { LiveLog, NumberedFact } from '@planwright/live';
import type { Logger } from '@planwright/runtime';

/** Where facts are read from. */
export interface FactStore {
  runEvents(runId: string, afterN: number, limit: number): Promise<NumberedFact[]>;
  projectEvents(projectId: string, afterN: number, limit: number): Promise<NumberedFact[]>;
  featureEvents(projectId: string, afterN: number, limit: number): Promise<NumberedFact[]>;
}

/**
 * Brings a channel's live log up to date with the committed facts. Best effort: the log is a cache, and the notifier
 * adds whatever is missing.
 */
export class LiveFeed {
  constructor(
    private readonly live: LiveLog,
    private readonly facts: FactStore,
    private readonly log: Logger,
  ) {}

  /**
   * `facts`: those just committed, in order; they are shown without being read again where nothing is missing before
   * them. Without any, whatever is missing is looked for. Never rejects.
   */
  async show(channel: string, facts?: readonly NumberedFact[]): Promise<void> {
    if (facts?.length === 0) return;
    const [kind, id = '', features] = channel.split('.');
    const read = (afterN: number, limit: number) => {
      if (kind === 'run') return this.facts.runEvents(id, afterN, limit);
      return features ? this.facts.featureEvents(id, afterN, limit) : this.facts.projectEvents(id, afterN, limit);
    };
    try {
      if (facts && (await this.live.appendFacts(channel, facts)).status === 'ok') return;
      await fillFacts(this.live, channel, read);
    } catch (error) {
      this.log.warn({ err: error, channel }, 'live log is behind; the notifier will catch up');
    }
  }
}
