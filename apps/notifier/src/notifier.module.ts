import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { LiveLog } from '@planwright/live';
import { createAuthenticator, Database } from '@planwright/persistence';
import { Connections } from './connections.js';
import { EventsController } from './events/events.controller.js';
import { FactListener } from './facts/fact-listener.js';
import { LogKeeper } from './facts/log-keeper.js';
import { Feeds } from './feed/feeds.js';
import { FollowChannel } from './feed/follow-channel.js';
import { Pace } from './feed/pace.js';
import { PROBLEM_LOG } from './http/problem-filter.js';
import { AUTH, FACT_STORE } from './ports.js';
import type { Auth, FactSource, FactStore, Log } from './ports.js';
import type { NotifierSettings } from './settings.js';
import { DEFAULT_SETTINGS } from './settings.js';
import type { LiveSocketParts } from './sockets/live-socket.js';
import { LIVE_SOCKET_PARTS, LiveGateway } from './sockets/live.gateway.js';

/** What the notifier stands on; `apps/standalone` passes the in-process adapters. */
export interface NotifierParts {
  broker: FactSource;
  live: LiveLog;
  log: Log;
  /** Providers of `FACT_STORE` and `AUTH`; `databasePorts` makes them of the application's `Database`. */
  ports: Provider[];
  /** Limits that differ from the defaults. */
  settings?: Partial<NotifierSettings>;
}

/** The live feed out: WebSocket and event streams. The application it is part of uses `LiveWsAdapter`. */
@Module({})
export class NotifierModule {
  static register(parts: NotifierParts): DynamicModule {
    const { broker, live, log, ports } = parts;
    const settings = { ...DEFAULT_SETTINGS, ...parts.settings };
    return {
      module: NotifierModule,
      controllers: [EventsController],
      providers: [
        ...ports,
        LiveGateway,
        { provide: PROBLEM_LOG, useValue: log },
        { provide: Connections, useValue: new Connections(settings) },
        { provide: LogKeeper, inject: [FACT_STORE], useFactory: (facts: FactStore) => new LogKeeper(live, facts) },
        {
          provide: FactListener,
          inject: [LogKeeper],
          useFactory: (keeper: LogKeeper) => new FactListener(broker, keeper, log),
        },
        {
          provide: Feeds,
          inject: [LogKeeper],
          useFactory: (keeper: LogKeeper) => new Feeds({ live, keeper, log, refillMs: settings.refillMs }),
        },
        {
          provide: LIVE_SOCKET_PARTS,
          inject: [FACT_STORE, AUTH, Feeds],
          useFactory: (facts: FactStore, auth: Auth, feeds: Feeds): LiveSocketParts => ({
            auth,
            followChannel: new FollowChannel(facts, feeds),
            pace: new Pace(),
            settings,
            log,
          }),
        },
      ],
    };
  }
}

/** The ports on the application's `Database`. */
export function databasePorts(mode: 'off' | 'required'): Provider[] {
  return [
    { provide: FACT_STORE, inject: [Database], useFactory: (database: Database): FactStore => database.read },
    {
      provide: AUTH,
      inject: [Database],
      useFactory: (database: Database): Auth => ({
        localOnly: mode === 'off',
        authenticate: createAuthenticator(database, mode),
      }),
    },
  ];
}
