import { migrate } from '@planwright/persistence';
import { createLogger, LOG_LEVELS, choiceField, readConfig, runMain, urlField } from '@planwright/runtime';
import { z } from 'zod';

const schema = z.object({
  DATABASE_URL: urlField(['postgres', 'postgresql'], { description: 'PostgreSQL 15 or newer.', required: true }),
  DATABASE_OWNER_URL: urlField(['postgres', 'postgresql'], {
    description: 'The same database as its owner, for migrations. Default: DATABASE_URL.',
  }),
  PLANWRIGHT_LOG_LEVEL: choiceField(LOG_LEVELS, { default: 'info', description: 'Least important kind of log entry.' }),
});

// Runs before the services of a release start. Several at once take turns; nothing to do is no error.
await runMain('migrate', async () => {
  const config = readConfig(schema, process.env);
  const log = createLogger('migrate', config.PLANWRIGHT_LOG_LEVEL);
  const applied = await migrate(config.DATABASE_OWNER_URL ?? config.DATABASE_URL, { log: (line) => log.info(line) });
  log.info({ applied }, applied.length > 0 ? 'migrated' : 'the schema is up to date');
});
