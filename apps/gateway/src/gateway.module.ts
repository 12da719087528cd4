import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, InjectionToken, Provider } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import type { LiveLog } from '@planwright/live';
import { createAuthenticator, Database } from '@planwright/persistence';
import type { Catalogue } from '@planwright/prompts';
import { HealthRegistry } from '@planwright/runtime';
import type { Clock, Logger } from '@planwright/runtime';
import { CallerGuard } from './auth/caller.js';
import { MakeChange } from './changes/make-change.js';
import { Sender } from './changes/send.js';
import type { MessageSink } from './changes/send.js';
import { DocsController } from './docs/docs.controller.js';
import { DocumentsController } from './documents/documents.controller.js';
import { HealthController } from './health.controller.js';
import { DeleteProject } from './projects/delete-project.js';
import { ProjectsController } from './projects/projects.controller.js';
import type { EstimateCost } from './runs/estimate-run.js';
import { CancelRun } from './runs/cancel-run.js';
import type { ModelOffer } from './runs/model-choice.js';
import { OpenRun } from './runs/open-run.js';
import { ReadRun } from './runs/read-run.js';
import { RetryRun } from './runs/retry-run.js';
import { RunsController } from './runs/runs.controller.js';
import { StartRun } from './runs/start-run.js';
import { TasksController } from './tasks/tasks.controller.js';
import { ReadUsage } from './usage/read-usage.js';
import { UsageController } from './usage/usage.controller.js';

/** What the gateway stands on; `apps/standalone` passes the in-process adapters. */
export interface GatewayParts {
  broker: MessageSink;
  live: LiveLog;
  catalogue: Catalogue;
  offer: ModelOffer;
  auth: 'off' | 'required';
  /** By the price table; without it estimates have no price. */
  costOf?: EstimateCost;
  /** Runs of one workspace that have not ended; more are refused. Default 1,000. */
  maxActiveRuns?: number;
  health: HealthRegistry;
  clock: Clock;
  log: Logger;
}

/** REST in: controllers, and the use-cases behind them. The application it is part of provides the `Database`. */
@Module({})
export class GatewayModule {
  static register(parts: GatewayParts): DynamicModule {
    const { broker, live, catalogue, offer, auth, maxActiveRuns = 1_000, health, clock, log } = parts;
    const costOf = parts.costOf ?? (() => null);
    return {
      module: GatewayModule,
      controllers: [
        HealthController,
        DocsController,
        ProjectsController,
        RunsController,
        DocumentsController,
        TasksController,
        UsageController,
      ],
      providers: [
        { provide: HealthRegistry, useValue: health },
        provide(
          APP_GUARD,
          [Database, Reflector],
          (database: Database, reflector: Reflector) => new CallerGuard(createAuthenticator(database, auth), reflector),
        ),
        provide(Sender, [Database], (database: Database) => new Sender(database, broker, log)),
        provide(MakeChange, [Database, Sender], (database: Database, sender: Sender) => {
          return new MakeChange(database, sender);
        }),
        provide(ReadRun, [Database], (database: Database) => new ReadRun(database, live, log)),
        provide(OpenRun, [ReadRun], (readRun: ReadRun) => new OpenRun(readRun, clock, maxActiveRuns)),
        provide(StartRun, [MakeChange, OpenRun], (makeChange: MakeChange, openRun: OpenRun) => {
          return new StartRun(makeChange, openRun, catalogue, offer, costOf);
        }),
        provide(RetryRun, [MakeChange, OpenRun], (makeChange: MakeChange, openRun: OpenRun) => {
          return new RetryRun(makeChange, openRun, offer);
        }),
        provide(CancelRun, [MakeChange, ReadRun], (makeChange: MakeChange, readRun: ReadRun) => {
          return new CancelRun(makeChange, readRun, clock);
        }),
        provide(ReadUsage, [Database], (database: Database) => new ReadUsage(database, clock)),
        provide(DeleteProject, [Database, Sender], (database: Database, sender: Sender) => {
          return new DeleteProject(database, sender, live, clock, log);
        }),
      ],
    };
  }
}

/** A use-case has an ordinary constructor; this is where it meets what it stands on. */
function provide(token: InjectionToken, inject: InjectionToken[], useFactory: FactoryProvider['useFactory']): Provider {
  return { provide: token, inject, useFactory };
}
