export { databasePorts, NotifierModule } from './notifier.module.js';
export type { NotifierParts } from './notifier.module.js';
export { createServer } from './server.js';
export { LiveWsAdapter } from './sockets/live-ws-adapter.js';
export { configSchema } from './config.js';
export { addressPolicy, webhookFields } from './webhooks/config.js';
export { WebhooksModule } from './webhooks/webhooks.module.js';
export type { NotifierSettings } from './settings.js';
export type { Auth, FactSource, FactStore } from './ports.js';
