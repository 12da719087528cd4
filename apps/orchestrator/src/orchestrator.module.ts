import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { LiveLog } from '@planwright/live';
import { Database } from '@planwright/persistence';
import type { Clock, Logger } from '@planwright/runtime';
import { Publisher } from './outbox/publisher.js';
import type { MessageSink } from './outbox/publisher.js';
import { AdvanceRun } from './runs/advance-run.js';
import { RunMessages } from './runs/handlers.js';
import { LiveFeed } from './runs/live-feed.js';
import { Nets } from './time/nets.js';

/** What the orchestrator stands on; `apps/standalone` passes the in-process adapters. */
export interface OrchestratorParts {
  broker: MessageSink;
  live: LiveLog;
  clock: Clock;
  log: Logger;
  /** True where broker and workers died with the last process. */
  startsEmpty: boolean;
}

/**
 * The shell around the state machine: messages in, rows and messages out, and the loops that repair. The application it is
 * part of provides the `Database`.
 */
@Module({})
export class OrchestratorModule {
  static register(parts: OrchestratorParts): DynamicModule {
    const { broker, live, log } = parts;
    return {
      module: OrchestratorModule,
      controllers: [RunMessages],
      providers: [
        {
          provide: Publisher,
          inject: [Database],
          useFactory: (database: Database) => new Publisher(database.read, broker, log),
        },
        {
          provide: AdvanceRun,
          inject: [Database, Publisher],
          useFactory: (database: Database, publisher: Publisher) =>
            new AdvanceRun(database, publisher, new LiveFeed(live, database.read, log), log),
        },
        {
          provide: Nets,
          inject: [Database, Publisher, AdvanceRun],
          useFactory: (database: Database, publisher: Publisher, advance: AdvanceRun) =>
            new Nets({ ...parts, database, publisher, advance }),
        },
      ],
    };
  }
}
