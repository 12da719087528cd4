import { PARKED_LIMIT } from '@planwright/messaging';
import type { Broker } from '@planwright/messaging';
import { appendAudit, Database } from '@planwright/persistence';
import type { AuditEntry } from '@planwright/persistence';
import type { Choice } from '../arguments.js';
import { configSchema } from '../config.js';
import type { Terminal } from '../terminal.js';
import { count } from '../text.js';
import { userName } from '../user-name.js';
import { sha256Of, workspaceOf } from './message.js';
import { withBroker } from './with-broker.js';

interface Refusal {
  handle: string;
  reason: string;
}

/** What is to be done, and how it is told. */
interface Deed {
  action: 'parked.replay' | 'parked.drop';
  /** Does it to the messages with these handles; answers those it was not done to, each with a sentence. */
  act(broker: Broker, handles: readonly string[]): Promise<Refusal[]>;
  /** `replayed` */
  done: string;
}

/**
 * Does something to parked messages and notes it in the audit log of each message's workspace. The database is asked
 * first: nothing is done that could not be noted. Exit code 0 done, 1 not for all of them.
 */
export async function audited(choice: Choice, { action, act, done }: Deed, terminal: Terminal): Promise<number> {
  const { DATABASE_URL: url } = terminal.read(configSchema.omit({ REDIS_URL: true }));
  const database = new Database({ url, poolSize: 1, applicationName: 'planwright-ops' });
  try {
    await database.connect();
    return await withBroker(terminal, async (broker) => {
      const { messages } = await broker.listParked({ limit: PARKED_LIMIT });
      // What is parked from here on is not meant: nobody has seen it.
      const chosen = choice === 'all' ? messages : messages.filter(({ handle }) => choice.includes(handle));
      const subjects = chosen.map(({ handle, body }) => ({
        handle,
        workspaceId: workspaceOf(body),
        hash: sha256Of(body),
      }));
      const handles = [...new Set(subjects.map(({ handle }) => handle))];
      const notDone: Refusal[] = choice === 'all' ? [] : missingFrom(handles, choice);
      if (handles.length > 0) notDone.push(...(await act(broker, handles)));
      const left = new Set(notDone.map(({ handle }) => handle));
      const acted = subjects.filter(({ handle }) => !left.has(handle));
      terminal.out(`${count(acted.length, 'message')} ${done}.\n`);
      for (const { handle, reason } of notDone) terminal.out(`✗ ${handle}  ${reason}\n`);
      const entries = acted.flatMap(({ handle, workspaceId, hash }): AuditEntry[] => {
        const entry = { actor: `ops:${userName()}`, action, subject: handle, beforeHash: hash, afterHash: null };
        return workspaceId === null ? [] : [{ ...entry, workspaceId }];
      });
      const unknown = await appendAudit(database, entries);
      const unnoted = acted.length - entries.length + unknown.length;
      if (unnoted > 0) {
        terminal.out(`${count(unnoted, 'message')} not in the audit log: of no workspace that is there.\n`);
      }
      return notDone.length > 0 ? 1 : 0;
    });
  } finally {
    await database.close();
  }
}

function missingFrom(handles: readonly string[], choice: readonly string[]): Refusal[] {
  const missing = choice.filter((handle) => !handles.includes(handle));
  return missing.map((handle) => ({ handle, reason: 'no parked message is called so' }));
}
