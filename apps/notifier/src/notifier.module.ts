import type { DynamicModule, Provider } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { LiveLog, Tickets } from '@planwright/live';
import { createAuthenticator, stillHolds, WorkspaceDatabase } from '@planwright/persistence';
import type { Caller } from '@planwright/persistence';
import type { AllowedOrigins, VerifyToken } from '@planwright/runtime';
import { BearerWatch } from './access/bearer-watch.js';
import { ConnectGuard } from './connect-guard.js';
import { Connections } from './connections.js';
import { EventsController } from './events/events.controller.js';
import { FactListener } from './facts/fact-listener.js';
import { storedFacts } from './facts/stored-facts.js';
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
import { Rounds } from './sockets/rounds.js';

/** What the notifier stands on; `apps/standalone` passes the in-process adapters. */
export interface NotifierParts {
  broker: FactSource;
  live: LiveLog;
  log: Log;
  /** Providers of `FACT_STORE` and `AUTH`; `databasePorts` makes them of the application's `WorkspaceDatabase`. */
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
        {
          provide: BearerWatch,
          inject: [AUTH],
          useFactory: (auth: Auth) => new BearerWatch(auth, log, settings.recheckMs),
        },
        {
          provide: ConnectGuard,
          inject: [Connections],
          useFactory: (connections: Connections) => new ConnectGuard(settings, connections),
        },
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
          inject: [FACT_STORE, AUTH, Feeds, BearerWatch],
          useFactory: (facts: FactStore, auth: Auth, feeds: Feeds, bearers: BearerWatch): LiveSocketParts => ({
            auth,
            bearers,
            followChannel: new FollowChannel(facts, feeds),
            pace: new Pace(),
            rounds: new Rounds(settings),
            settings,
            log,
          }),
        },
      ],
    };
  }
}

/** How callers are known, besides by API keys in the database. */
export interface Access {
  verifyToken?: VerifyToken | undefined;
  /** Where gateways put the tickets they issue; without it sockets need a header. */
  tickets?: Tickets<Caller>;
  allowedOrigins?: AllowedOrigins | undefined;
}

/** The ports on the application's `WorkspaceDatabase`. */
export function databasePorts(mode: 'off' | 'required', access: Access = {}): Provider[] {
  const { verifyToken, tickets, allowedOrigins = [] } = access;
  return [
    { provide: FACT_STORE, inject: [WorkspaceDatabase], useFactory: storedFacts },
    {
      provide: AUTH,
      inject: [WorkspaceDatabase],
      useFactory: (database: WorkspaceDatabase): Auth => ({
        localOnly: mode === 'off',
        allowedOrigins,
        authenticate: createAuthenticator(database, mode, verifyToken),
        ...(tickets && { redeem: (ticket: string) => tickets.redeem(ticket) }),
        holds: ({ credential = null }) => stillHolds(database, credential),
      }),
    },
  ];
}
