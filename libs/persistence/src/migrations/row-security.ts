import type { QueryRunner } from 'typeorm';

/** The workspace that is acted for. A setting that was once set in a session reads as '' ever after. */
const ACTING = `(SELECT nullif(current_setting('planwright.workspace', true), '')::uuid AS acting)`;

type Verb = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
const EVERY_VERB: readonly Verb[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** What gateway and engine may do with a table. */
export interface Rights {
  app: readonly Verb[];
  engine: readonly Verb[];
}

/**
 * Puts a table under row-level security: `planwright_app` sees the rows of the workspace it acts for and writes no others,
 * `planwright_engine` all rows. A migration that makes a table has one line for it: `await confine(db, 'table')`. Released
 * migrations use this: it never changes; another rule is another function.
 */
export async function confine(
  db: QueryRunner,
  table: string,
  { app = EVERY_VERB, engine = EVERY_VERB }: Partial<Rights> = {},
  column = 'workspace_id',
): Promise<void> {
  await db.query(`
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_workspace ON ${table} TO planwright_app USING (${column} = ${ACTING}) WITH CHECK (${column} = ${ACTING});
    CREATE POLICY every_workspace ON ${table} TO planwright_engine USING (true) WITH CHECK (true);
    ${grant(table, 'planwright_app', app)}
    ${grant(table, 'planwright_engine', engine)}
  `);
}

const grant = (table: string, role: string, verbs: readonly Verb[]): string =>
  verbs.length === 0 ? '' : `GRANT ${verbs.join(', ')} ON ${table} TO ${role};`;
