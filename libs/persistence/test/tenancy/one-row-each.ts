import type { Client } from 'pg';

/** Of a table whose rows belong to workspaces: the column that says to which. */
export interface TenantTable {
  name: string;
  tenant: 'workspace_id' | 'id';
  /** Columns that a statement may give a value. */
  columns: string[];
}

/** A value that a column takes, by its type. */
const VALUES: readonly [RegExp, string][] = [
  [/\[\]$/, `'{}'`],
  [/^uuid$/, 'gen_random_uuid()'],
  [/^jsonb$/, `'{}'`],
  [/^timestamp/, 'now()'],
  [/^(integer|bigint|smallint|numeric)/, '1'],
  [/^boolean$/, 'false'],
  [/^bytea$/, `'\\x00'`],
  [/^(text|character)/, 'gen_random_uuid()::text'],
];

/** Every table with a workspace's rows, and the workspaces themselves. */
export async function tenantTables(client: Client): Promise<TenantTable[]> {
  const { rows } = await client.query<TenantTable>(
    `SELECT c.relname AS name, CASE c.relname WHEN 'workspaces' THEN 'id' ELSE 'workspace_id' END AS tenant,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         AND a.attgenerated = '' ORDER BY a.attnum) AS columns
     FROM pg_class c
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND (c.relname = 'workspaces' OR EXISTS (
       SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'workspace_id' AND NOT a.attisdropped))
     ORDER BY 1`,
  );
  return rows;
}

/**
 * Gives every table one row of each workspace, whatever the table is for: constraints and triggers are dropped first,
 * in this database that is thrown away, so a table that is new tomorrow is filled, too.
 */
export async function oneRowEach(client: Client, tables: readonly TenantTable[], workspaces: readonly string[]) {
  const { rows } = await client.query<{ drop: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c')`,
  );
  await client.query(rows.map(({ drop }) => drop).join(';'));
  for (const { name, tenant } of tables) {
    await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    const { rows: needed } = await client.query<{ column: string; type: string }>(
      `SELECT attname AS column, format_type(atttypid, atttypmod) AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull AND NOT atthasdef
         AND attidentity = '' AND attname <> $2`,
      [name, tenant],
    );
    const columns = [tenant, ...needed.map(({ column }) => `"${column}"`)];
    const values = needed.map(
      ({ column, type }) => VALUES.find(([form]) => form.test(type))?.[1] ?? unknown(name, column),
    );
    for (const workspace of workspaces) {
      const sql = `INSERT INTO ${name} (${columns.join(', ')}) VALUES ('${workspace}', ${values.join(', ')})`;
      await client.query(sql.replace(/, \)$/, ')'));
    }
  }
}

function unknown(table: string, column: string): never {
  throw new Error(`no value is known for ${table}.${column}: give its type one in VALUES`);
}
