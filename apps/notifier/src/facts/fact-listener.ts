import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { AnyMessage } from '@planwright/contracts';
import { featuresChannel, projectChannel, runChannel } from '@planwright/contracts';
import type { FactSource, Log } from '../ports.js';
import type { LogKeeper } from './log-keeper.js';

/** Facts by which a channel of the live feed grows. */
const KEYS = ['run.#', 'section.#', 'document.#', 'project.#', 'feature.#'];

/** Hears of committed facts and sees to it that each is in its live log, watched or not. */
export class FactListener implements OnApplicationBootstrap, OnApplicationShutdown {
  private subscription: { close(): Promise<void> } | undefined;

  constructor(
    private readonly source: FactSource,
    private readonly keeper: LogKeeper,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.subscription = await this.source.subscribe({ keys: KEYS, handle: (message) => this.hear(message) });
  }

  /** After the last client was sent away: until then they are told what is new. */
  async onApplicationShutdown(): Promise<void> {
    await this.subscription?.close();
  }

  /** A fact that could not be brought into the log is told again by whoever watches the channel, or by the next one. */
  async hear(message: AnyMessage): Promise<void> {
    const { payload } = message;
    if (!('n' in payload)) return;
    const channel = channelOf(payload);
    try {
      await this.keeper.reach(channel, payload.n);
    } catch (error) {
      this.log.warn({ err: error, channel, fact: payload.n }, 'fact not in the live log yet');
    }
  }
}

/** The channel that a fact's number counts in. */
function channelOf(fact: { project_id: string; run_id?: string; feature_id?: string }): string {
  if (fact.run_id !== undefined) return runChannel(fact.run_id);
  return fact.feature_id === undefined ? projectChannel(fact.project_id) : featuresChannel(fact.project_id);
}
