import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { WebhookDatabase, WebhookSecrets } from '@planwright/persistence';
import type { FactSource, Log } from '../ports.js';
import type { AddressPolicy } from './addresses.js';
import type { Send } from './delivery-loop.js';
import { DeliveryLoop } from './delivery-loop.js';
import { EventTeller } from './event-teller.js';
import { post } from './post.js';
import { dnsResolver, localResolver } from './resolve.js';
import type { WebhookSettings } from './settings.js';
import { DEFAULT_WEBHOOK_SETTINGS } from './settings.js';

/** What outgoing webhooks stand on; `apps/standalone` passes the in-process broker. */
export interface WebhookParts {
  broker: FactSource;
  log: Log;
  policy: AddressPolicy;
  /** Opens the secrets that sign. Default: only those that are not sealed. */
  secrets?: WebhookSecrets;
  /** Limits that differ from the defaults. */
  settings?: Partial<WebhookSettings>;
}

/** Outgoing webhooks. The application it is part of provides the `WebhookDatabase`. */
@Module({})
export class WebhooksModule {
  static register({ broker, log, policy, secrets = new WebhookSecrets(), ...parts }: WebhookParts): DynamicModule {
    const settings = { ...DEFAULT_WEBHOOK_SETTINGS, ...parts.settings };
    const resolve = policy.localNames ? localResolver() : dnsResolver();
    const send: Send = (request, signal) => post(request, { policy, resolve, timeoutMs: settings.timeoutMs, signal });
    return {
      module: WebhooksModule,
      providers: [
        {
          provide: DeliveryLoop,
          inject: [WebhookDatabase],
          useFactory: (database: WebhookDatabase) => new DeliveryLoop(database, send, settings, log, secrets),
        },
        {
          provide: EventTeller,
          inject: [WebhookDatabase, DeliveryLoop],
          useFactory: (database: WebhookDatabase, loop: DeliveryLoop) =>
            new EventTeller(database, broker, () => loop.wake(), settings, log),
        },
      ],
    };
  }
}
