import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './connection.js';
import { checkDatabase, Database } from './database.js';
import type { DatabaseOptions } from './database.js';
import type { Role } from './tenancy/roles.js';
import { WebhookDatabase, WorkspaceDatabase } from './tenancy/confined-databases.js';

/**
 * Gives a Nest application its `Database`, connected; Nest closes the connections when the application shuts down. The
 * application fails to start with `ConnectionError` or `SchemaError` at the first try: whoever starts it decides about
 * a second one. Its `WorkspaceDatabase` and `WebhookDatabase` share the connections.
 */
@Module({})
export class PersistenceModule {
  /** `roles`: those that the application's user has to be let act as; default `planwright_engine`. */
  static forRoot({ roles, ...options }: DatabaseOptions & { roles?: readonly Role[] }): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSourceOptions(options), toRetry: () => false }),
          dataSourceFactory: async (given) => {
            await checkDatabase(options.url, roles);
            return new DataSource(given ?? dataSourceOptions(options)).initialize();
          },
        }),
      ],
      providers: [
        {
          provide: Database,
          useFactory: (dataSource: DataSource) => new Database(options, dataSource),
          inject: [DataSource],
        },
        {
          provide: WorkspaceDatabase,
          useFactory: (dataSource: DataSource) => new WorkspaceDatabase(options, dataSource),
          inject: [DataSource],
        },
        {
          provide: WebhookDatabase,
          useFactory: (dataSource: DataSource) => new WebhookDatabase(options, dataSource),
          inject: [DataSource],
        },
      ],
      exports: [Database, WorkspaceDatabase, WebhookDatabase],
    };
  }
}
