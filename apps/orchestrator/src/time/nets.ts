import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import { relayOnce } from '../outbox/relay.js';
import type { Publisher } from '../outbox/publisher.js';
import type { AdvanceRun } from '../runs/advance-run.js';
import { wakeDueSteps } from './due-scanner.js';
import { startLoop } from './loop.js';
import type { Loop } from './loop.js';
import { AFTER_RESTART, sweep } from './sweeper.js';

const ERROR_PAUSE_MS = 2_000;

/** The standing loops of every orchestrator: relay, due-scanner, sweeper, retention. None is a leader, any number runs. */
@Injectable()
export class Nets implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private loops: Loop[] = [];

  constructor(
    private readonly parts: {
      database: Database;
      publisher: Publisher;
      advance: AdvanceRun;
      clock: Clock;
      log: Logger;
      /** True where broker and workers died with the last process, as in the standalone platform. */
      startsEmpty: boolean;
    },
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { database, publisher, advance, clock, log, startsEmpty } = this.parts;
    if (startsEmpty) await sweep(database, advance, clock, log, AFTER_RESTART);
    const works: [string, () => Promise<number>][] = [
      ['relay', () => relayOnce(database, publisher)],
      ['due-scanner', () => wakeDueSteps(database, advance, clock, log)],
      ['sweeper', () => sweep(database, advance, clock, log)],
      ['retention', () => forgetOldMessages(database)],
    ];
    this.loops = works.map(([name, work]) =>
      startLoop({
        work,
        errorPauseMs: ERROR_PAUSE_MS,
        onError: (err) => log.error({ err, loop: name }, 'round failed'),
      }),
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}

const RETENTION = { days: 7 };
const HOUR_MS = 3_600_000;

async function forgetOldMessages(database: Database): Promise<number> {
  await database.transaction((tx) => tx.inbox.forget(RETENTION));
  return HOUR_MS;
}
