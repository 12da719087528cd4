import { WebhookSecrets } from '@planwright/persistence';
import { BootError } from '@planwright/runtime';
import type { Command } from '../arguments.js';
import { configSchema } from '../config.js';
import type { Terminal } from '../terminal.js';
import { count } from '../text.js';
import { withDatabase } from '../workspaces/with-workspace.js';

/** Seals what the first key has not sealed; a hundred webhooks in a transaction. */
export function resealCommand(
  { json }: Extract<Command, { name: 'webhooks reseal' }>,
  terminal: Terminal,
): Promise<number> {
  const { PLANWRIGHT_SECRETS_KEYS: keys } = terminal.read(configSchema.pick({ PLANWRIGHT_SECRETS_KEYS: true }));
  if (!keys) throw new BootError('PLANWRIGHT_SECRETS_KEYS is not set: there is nothing to seal with.');
  const secrets = new WebhookSecrets(keys);
  return withDatabase(terminal, async (database) => {
    const done = { sealed: 0, as_they_were: 0, not_opened: [] as string[] };
    const again = (stored: Buffer, webhookId: string) => {
      const fresh = secrets.reseal(stored, webhookId);
      if (fresh === null) done.not_opened.push(webhookId);
      else if (fresh === stored) done.as_they_were += 1;
      else done.sealed += 1;
      return fresh;
    };
    let after: string | null = null;
    do after = await database.transaction((tx) => tx.webhooks.replaceSecrets(after, again));
    while (after);
    terminal.out(json ? `${JSON.stringify(done, null, 2)}\n` : report(done));
    return done.not_opened.length > 0 ? 1 : 0;
  });
}

function report(done: { sealed: number; as_they_were: number; not_opened: readonly string[] }): string {
  const lines = [`${count(done.sealed, 'secret')} sealed anew, ${done.as_they_were} were sealed with the first key.`];
  for (const id of new Set(done.not_opened)) lines.push(`Not opened by any of the keys: a secret of webhook ${id}.`);
  return `${lines.join('\n')}\n`;
}
