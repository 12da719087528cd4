import { createLogger, readConfig, runMain } from '@planwright/runtime';
import { configSchema } from './config.js';
import { startGenerator } from './start-generator.js';

await runMain('generator', async () => {
  const config = readConfig(configSchema, process.env);
  const log = createLogger('generator', config.PLANWRIGHT_LOG_LEVEL);
  await startGenerator({ config, log });
});
