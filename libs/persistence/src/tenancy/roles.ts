import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';
import { SchemaError } from '../errors.js';

/** Roles of the whole server that have rights in this database; nobody logs in as one of them. */
const ROLES = ['planwright_app', 'planwright_engine', 'planwright_webhooks'] as const;
/**
 * `planwright_app` sees one workspace (gateway, notifier), `planwright_engine` all of them (orchestrator, ops),
 * `planwright_webhooks` of all of them what outgoing webhooks are made of (notifier).
 */
export type Role = (typeof ROLES)[number];

interface Me {
  name: string;
  mayCreate: boolean;
  missing: Role[];
  /** Roles that this user does not have. */
  lacking: Role[];
}

const MOST_TRIES = 5;
/** Somebody else made or changed the same role just now: several databases share it. */
const RACES = new Set(['42710', '23505', 'XX000']);
const NOT_ALLOWED = '42501';

/**
 * Makes the roles where they are missing, and this user a member of each: as owner of the tables it is under row-level
 * security itself, and migrations change rows of all workspaces. Throws `SchemaError` with the statements to be run by
 * hand where this user may not do it; roles that are there already are used as they are.
 */
export async function ensureRoles(dataSource: DataSource): Promise<void> {
  for (let triesLeft = MOST_TRIES; ; triesLeft--) {
    const me = await readMe(dataSource);
    const todo = statementsFor(me);
    if (todo.length === 0) return;
    try {
      if (me.missing.length > 0 && !me.mayCreate) throw byHand(me);
      for (const statement of todo) await dataSource.query(statement);
      return;
    } catch (error) {
      const code = (error as { driverError?: { code?: string } }).driverError?.code ?? '';
      if (code === NOT_ALLOWED) throw byHand(me);
      if (!RACES.has(code) || triesLeft === 0) throw error;
    }
  }
}

async function readMe(dataSource: DataSource): Promise<Me> {
  const [me] = await dataSource.query<Me[]>(
    `SELECT current_user AS name,
       (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS "mayCreate",
       ARRAY(SELECT r FROM unnest($1::text[]) r WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r)) AS missing,
       ARRAY(SELECT r FROM unnest($1::text[]) r WHERE NOT EXISTS (
         SELECT FROM pg_roles WHERE rolname = r AND pg_has_role(oid, 'USAGE')
       )) AS lacking`,
    [ROLES],
  );
  if (!me) throw new Error('PostgreSQL does not say who we are');
  return me;
}

/** A superuser has every role that there is: it lacks those only that are missing. */
const statementsFor = ({ name, missing, lacking }: Me): string[] => [
  ...missing.map((role) => `CREATE ROLE ${role} NOLOGIN`),
  ...lacking.map((role) => `GRANT ${role} TO ${escapeIdentifier(name)}`),
];

function byHand(me: Me): SchemaError {
  const statements = statementsFor(me).map((statement) => `${statement};`);
  return new SchemaError(
    `"${me.name}" may not make the roles that keep workspaces apart: run as an administrator of the server: ${statements.join(' ')} Then run the migrations again.`,
  );
}
