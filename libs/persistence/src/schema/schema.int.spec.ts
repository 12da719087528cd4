import { readFileSync } from 'node:fs';
import { openDatabase } from '../../test/fixture.js';
import type { TestDb } from '../../test/fixture.js';
import { dumpSchema } from './dump.js';

let own: TestDb;
beforeAll(async () => {
  own = await openDatabase();
});
afterAll(() => own.close());

describe('the schema', () => {
  it('is the one in the tree (else: npm run generate -w @planwright/persistence)', async () => {
    const text = await own.db.transaction((tx) => dumpSchema((sql) => tx.manager.query(sql)));
    expect(readFileSync(new URL('../../schema.sql', import.meta.url), 'utf8')).toBe(text);
  });

  it('has workspace_id on the rows of every table', async () => {
    const tables = await own.db.transaction((tx) =>
      tx.manager.query<{ table_name: string }[]>(
        `SELECT table_name FROM information_schema.tables t WHERE table_schema = 'public'
           AND table_name NOT IN ('workspaces', 'schema_migrations') AND NOT EXISTS (
             SELECT 1 FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name = t.table_name
               AND c.column_name = 'workspace_id' AND c.is_nullable = 'NO')`,
      ),
    );
    expect(tables).toEqual([]);
  });

  it('has an index for every reference that a deletion follows', async () => {
    // Workspaces are never deleted; nothing makes webhooks yet.
    const found = await own.db.transaction((tx) =>
      tx.manager.query<{ conname: string }[]>(
        `SELECT conname FROM pg_constraint c WHERE contype = 'f' AND confrelid NOT IN ('workspaces'::regclass, 'webhooks'::regclass) AND NOT EXISTS (
           SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid
             AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)`,
      ),
    );
    expect(found.map(({ conname }) => conname)).toEqual([]);
  });
});
