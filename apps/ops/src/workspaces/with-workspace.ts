import { Database } from '@planwright/persistence';
import type { Workspace } from '@planwright/persistence';
import { BootError } from '@planwright/runtime';
import { configSchema } from '../config.js';
import type { Terminal } from '../terminal.js';
import { oneLine } from '../text.js';

/** Gives `work` the database at DATABASE_URL, and closes it. */
export async function withDatabase(terminal: Terminal, work: (database: Database) => Promise<number>): Promise<number> {
  const { DATABASE_URL: url } = terminal.read(configSchema.pick({ DATABASE_URL: true }));
  const database = new Database({ url, poolSize: 1, applicationName: 'planwright-ops' });
  try {
    await database.connect();
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Gives `work` the database and the workspace of this name or id; rejects with a sentence where it is not just one. */
export function withWorkspace(
  name: string,
  terminal: Terminal,
  work: (database: Database, workspace: Workspace) => Promise<number>,
): Promise<number> {
  return withDatabase(terminal, async (database) => {
    const [workspace, ...others] = await database.read.workspacesNamed(name);
    if (!workspace) throw new BootError(`There is no workspace "${oneLine(name, 100)}".`);
    if (others.length > 0) {
      const ids = [workspace, ...others].map(({ id }) => id).join(', ');
      throw new BootError(`More than one workspace is called "${oneLine(name, 100)}": name one by its id (${ids}).`);
    }
    return work(database, workspace);
  });
}
