export { databasePorts, NotifierModule } from './notifier.module.js';
export type { NotifierParts } from './notifier.module.js';
export { LiveWsAdapter } from './sockets/live-ws-adapter.js';
export { configSchema } from './config.js';
export type { NotifierSettings } from './settings.js';
export type { Auth, FactSource, FactStore } from './ports.js';
