import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { dataSourceOptions } from './connection.js';
import type { ConnectionOptions } from './connection.js';
import { probe, refuseNewer, refuseOlder, refuseStranger } from './probe.js';
import { Outbox } from './messages/outbox.js';
import { Reads } from './reads/reads.js';
import type { Role } from './tenancy/roles.js';
import { Tx } from './tx.js';

export type DatabaseOptions = ConnectionOptions;

/**
 * PostgreSQL with the rows of all workspaces: a unit of work to write (`transaction`), questions to ask (`read`), and the
 * outbox. `connect` comes first; every other method needs it. Who answers requests has a `WorkspaceDatabase` instead.
 */
export class Database {
  readonly read: Reads;
  readonly outbox: Outbox;
  private readonly dataSource: DataSource;

  /** With options it opens its own connections; a `DataSource` that Nest has opened is used as it is. */
  constructor(
    private readonly options: DatabaseOptions,
    dataSource = new DataSource(dataSourceOptions(options)),
    private readonly manager: EntityManager = dataSource.manager,
    private readonly role: Role = 'planwright_engine',
  ) {
    this.dataSource = dataSource;
    this.read = new Reads(manager);
    this.outbox = new Outbox(manager);
  }

  /** Throws `ConnectionError` or `SchemaError`, each with one sentence that says what to do. */
  async connect(): Promise<void> {
    await checkDatabase(this.options.url, [this.role]);
    if (!this.dataSource.isInitialized) await this.dataSource.initialize();
  }

  /** One transaction at READ COMMITTED: what `work` wrote is there when it resolves, and nothing of it if it throws. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.manager.transaction((manager) => work(new Tx(manager)));
  }

  /** Rejects when the database does not answer. */
  async ping(): Promise<void> {
    await this.dataSource.query('SELECT 1');
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}

/** The database is there, has exactly the schema of this release and lets us act as these `roles`, or an error says why not. */
export async function checkDatabase(url: string, roles: readonly Role[] = ['planwright_engine']): Promise<void> {
  const applied = await probe(url);
  refuseNewer(url, applied);
  refuseOlder(url, applied);
  for (const role of roles) await refuseStranger(url, role);
}
