import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from './connection.js';
import { checkDatabase, Database } from './database.js';
import type { DatabaseOptions } from './database.js';

/**
 * Gives a Nest application its `Database`, connected; Nest closes the connections when the application shuts down. The
 * application fails to start with `ConnectionError` or `SchemaError` at the first try: whoever starts it decides about
 * a second one.
 */
@Module({})
export class PersistenceModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: PersistenceModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ ...dataSourceOptions(options), toRetry: () => false }),
          dataSourceFactory: async (given) => {
            await checkDatabase(options.url);
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
      ],
      exports: [Database],
    };
  }
}
