import { Database, databaseState, rightsOf } from '@planwright/persistence';
import type { DatabaseState, Rights } from '@planwright/persistence';
import { withoutCredentials } from '@planwright/runtime';
import { bad, note, ok } from './check.js';
import type { Check } from './check.js';

const OUTBOX_LATE_MS = 60_000;
/** What gateway and notifier act as. Without the engine's role this command would not have come so far. */
const SERVICE_ROLES = ['planwright_app', 'planwright_webhooks'] as const;

/** The database: there, new enough, of this release's schema, with the roles of its services, and its outbox sent. */
export async function checkPostgres(url: string): Promise<Check[]> {
  const database = new Database({ url, poolSize: 1, applicationName: 'planwright-ops' });
  try {
    await database.connect();
    const state = await databaseState(database);
    const place = withoutCredentials(url).replace(/^.*\/\//, '');
    return [
      ok('postgresql', `version ${state.version}, schema ${state.schema}, at ${place}`),
      rightsCheck(await Promise.all(SERVICE_ROLES.map((role) => rightsOf(url, role)))),
      outboxCheck(state.outbox),
    ];
  } finally {
    await database.close();
  }
}

/** Which roles of the services this user may take: whether theirs can, if they have another one, is seen when they start. */
export function rightsCheck(rights: readonly Rights[]): Check {
  const user = rights[0]?.user ?? '';
  const lacking = rights.filter(({ taken }) => !taken).map(({ role }) => role);
  if (lacking.length === 0) return ok('rights', `"${user}" may act as every role`);
  return note(
    'rights',
    `"${user}" may not act as ${lacking.join(', ')}`,
    'Well if gateway and notifier have users of their own. Else run as the owner of the database: ' +
      lacking.map((role) => `GRANT ${role} TO "${user}";`).join(' '),
  );
}

export function outboxCheck({ messages, oldestMs }: DatabaseState['outbox']): Check {
  if (messages === 0 || oldestMs === null) return ok('outbox', 'empty');
  const detail = `${messages} waiting, the oldest for ${(oldestMs / 1000).toFixed(1)} s`;
  if (oldestMs < OUTBOX_LATE_MS) return ok('outbox', detail);
  return bad(
    'outbox',
    detail,
    'Start an orchestrator (npm run start:orchestrator), or look what it logs: its relay sends them.',
  );
}
