import type { ApiKeyResource, IssuedApiKey } from '@planwright/contracts';
import { createKey, revokeKey, rotateKey } from '@planwright/persistence';
import type { Database } from '@planwright/persistence';
import { BootError } from '@planwright/runtime';
import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { oneLine } from '../text.js';
import { userName } from '../user-name.js';
import { withWorkspace } from '../workspaces/with-workspace.js';
import { issuedReport, keysReport } from './keys-report.js';

const DAY_MS = 86_400_000;

type KeysCommand = Extract<Command, { name: `keys ${string}` }>;

/** Lists, makes, rotates or revokes the API keys of a workspace; each change is in its audit log. */
export function keysCommand(command: KeysCommand, terminal: Terminal): Promise<number> {
  return withWorkspace(command.workspace, terminal, async (database, { id: workspaceId }) => {
    const by = { workspaceId, actor: `ops:${userName()}`, role: 'admin' } as const;
    switch (command.name) {
      case 'keys list': {
        const keys = await everyKey(database, workspaceId);
        terminal.out(command.json ? json({ items: keys }) : keysReport(keys, Date.now()));
        return 0;
      }
      case 'keys create': {
        const { key: name, role, expiresInDays } = command;
        const expires_at = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS).toISOString();
        const issued = await database.transaction((tx) => createKey(tx, by, { name, role, expires_at }));
        if (!issued.ok) throw new BootError('The key is not made: it would have ended already.');
        return tell(issued.key, command.json, terminal);
      }
      case 'keys rotate': {
        const { id } = await keyCalled(database, workspaceId, command.key);
        const rotated = await database.transaction((tx) => rotateKey(tx, by, id, command.graceHours * 3_600));
        if (!rotated.ok) throw new BootError(WHY_NOT[rotated.refused]);
        return tell(rotated.key, command.json, terminal);
      }
      case 'keys revoke': {
        const { id, name } = await keyCalled(database, workspaceId, command.key);
        await database.transaction((tx) => revokeKey(tx, by, id));
        terminal.out(
          `Revoked ${oneLine(name, 100)} (${id}). Open connections that came with it end within a minute.\n`,
        );
        return 0;
      }
    }
  });
}

const WHY_NOT = {
  not_found: 'The key is gone.',
  ended: 'The key was revoked or has expired, and does not come back: make a new one.',
  configured: 'The key is that of PLANWRIGHT_BOOTSTRAP_KEY: change it there, or make a new one and revoke this one.',
} as const;

function tell(key: IssuedApiKey, asJson: boolean, terminal: Terminal): number {
  terminal.out(asJson ? json(key) : issuedReport(key));
  return 0;
}

/** By id, or by how it begins. */
async function keyCalled(database: Database, workspaceId: string, called: string): Promise<ApiKeyResource> {
  const keys = await everyKey(database, workspaceId);
  const found = keys.find(({ id, prefix }) => id === called.toLowerCase() || prefix === called);
  if (!found) throw new BootError(`The workspace has no key "${oneLine(called, 60)}"; "keys list" shows those it has.`);
  return found;
}

async function everyKey(database: Database, workspaceId: string): Promise<ApiKeyResource[]> {
  const all: ApiKeyResource[] = [];
  let cursor: string | undefined;
  do {
    const page = await database.read.apiKeys(workspaceId, { limit: 100, cursor });
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
