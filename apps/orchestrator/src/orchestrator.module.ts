import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { LiveLog } from '@planwright/live';
import type { Limiter } from '@planwright/limits';
import { QUEUES } from '@planwright/messaging';
import type { Broker } from '@planwright/messaging';
import { Database } from '@planwright/persistence';
import type { Presence } from '@planwright/presence';
import type { Clock, Logger, Metrics } from '@planwright/runtime';
import { Admission } from './admission/admission.js';
import { Capacity } from './admission/capacity.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { OutboxSender } from './outbox/outbox-sender.js';
import { Publisher } from './outbox/publisher.js';
import { AdvanceRun } from './runs/advance-run.js';
import { RunMessages } from './runs/handlers.js';
import { Lag } from './runs/lag.js';
import { LiveFeed } from './runs/live-feed.js';
import { promoteWaiting } from './runs/promote-waiting.js';
import { Nets } from './time/nets.js';
import { REPAIRS, Sweeper } from './time/sweeper.js';

/** What the orchestrator stands on; `apps/standalone` passes the in-process adapters. */
export interface OrchestratorParts {
  broker: Pick<Broker, 'publish' | 'queueStates' | 'consumeDead'>;
  live: LiveLog;
  presence: Presence;
  limiter: Pick<Limiter, 'callable' | 'leave'>;
  metrics: Metrics;
  clock: Clock;
  log: Logger;
  /** Slots a generator is taken to have in each queue while none has announced its own. */
  slotsPerConsumer: number;
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
    const { broker, presence, metrics, clock, log } = parts;
    return {
      module: OrchestratorModule,
      controllers: [RunMessages],
      providers: [
        { provide: Lag, useValue: new Lag(clock) },
        {
          provide: LiveFeed,
          inject: [Database],
          useFactory: (database: Database) => new LiveFeed(parts.live, database.read, log),
        },
        {
          provide: Publisher,
          inject: [Database],
          useFactory: (database: Database) => new Publisher(database.read, broker, log),
        },
        {
          provide: OutboxSender,
          inject: [Publisher, Database],
          useFactory: (publisher: Publisher, database: Database) => new OutboxSender(publisher, database, log),
        },
        {
          provide: Admission,
          inject: [Database, OutboxSender, LiveFeed],
          useFactory: (database: Database, sender: OutboxSender, live: LiveFeed) => {
            const capacity = new Capacity({ ...parts, generators: presence });
            return new Admission({ database, capacity, sender, live, log });
          },
        },
        {
          provide: AdvanceRun,
          inject: [Database, OutboxSender, Admission, LiveFeed],
          useFactory: (database: Database, sender: OutboxSender, admission: Admission, live: LiveFeed) =>
            new AdvanceRun({ database, sender, admission, presence, limiter: parts.limiter, live, log }),
        },
        {
          provide: DeadLetters,
          inject: [AdvanceRun],
          useFactory: (advance: AdvanceRun) => new DeadLetters({ broker, advance, clock, log }),
        },
        {
          provide: Sweeper,
          inject: [Database, AdvanceRun, OutboxSender, Lag],
          useFactory: (database: Database, advance: AdvanceRun, sender: OutboxSender, lag: Lag) =>
            new Sweeper({
              database,
              advance,
              presence,
              behind: async () => lag.isBehind((await broker.queueStates())[QUEUES.orchestrator].messages),
              promote: (projectId) => promoteWaiting(database, sender, projectId),
              repaired: metrics.counter({
                name: 'planwright_repairs_total',
                help: 'What the sweeper had to repair, by kind; in health nothing.',
                kinds: REPAIRS,
              }),
              clock,
              log,
            }),
        },
        {
          provide: Nets,
          inject: [Database, Publisher, OutboxSender, AdvanceRun, Admission, Sweeper],
          useFactory: (
            database: Database,
            publisher: Publisher,
            sender: OutboxSender,
            advance: AdvanceRun,
            admission: Admission,
            sweeper: Sweeper,
          ) => new Nets({ ...parts, database, publisher, sender, advance, admission, sweeper }),
        },
      ],
    };
  }
}
