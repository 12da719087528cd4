import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../connection.js';
import { Database } from '../database.js';
import type { DatabaseOptions } from '../database.js';
import { beginsAs } from './acting-for.js';
import { ConfinedManager } from './confined-manager.js';

/**
 * PostgreSQL as the gateway and the notifier see it: under row-level security, with the rows of the workspace they act for
 * (`onBehalfOf`), and with the rights of `planwright_app`.
 */
export class WorkspaceDatabase extends Database {
  constructor(options: DatabaseOptions, dataSource = new DataSource(dataSourceOptions(options))) {
    super(options, dataSource, new ConfinedManager(dataSource, () => beginsAs()), 'planwright_app');
  }
}

/**
 * PostgreSQL as outgoing webhooks see it: what they are made of in all workspaces, and nothing else, with the rights of
 * `planwright_webhooks`.
 */
export class WebhookDatabase extends Database {
  constructor(options: DatabaseOptions, dataSource = new DataSource(dataSourceOptions(options))) {
    const begins = () => 'SET LOCAL ROLE planwright_webhooks';
    super(options, dataSource, new ConfinedManager(dataSource, begins), 'planwright_webhooks');
  }
}
