import { configSchema, startGenerator } from '@planwright/generator';
import { createLogger, portField, readConfig, runMain } from '@planwright/runtime';
import { ScriptedProvider, serveScriptedProvider } from '@planwright/testing';

/** Port of the provider's controls on 127.0.0.1; 0 takes a free one and logs it as `control`. */
const schema = configSchema.extend({
  SCRIPTED_CONTROL_PORT: portField({ default: 0, description: 'Port to control the scripted provider.' }),
});

// The generator as it ships, on a provider that a test controls. It answers for `offline`, too, so that the processes
// around it need no configuration of their own.
await runMain('scripted-generator', async () => {
  const config = readConfig(schema, process.env);
  const log = createLogger('generator', config.PLANWRIGHT_LOG_LEVEL);
  const provider = new ScriptedProvider();
  const control = await serveScriptedProvider(provider, config.SCRIPTED_CONTROL_PORT);
  log.info({ control: control.url }, 'scripted provider is ready');
  await startGenerator({
    config,
    log,
    providers: new Map([
      ['scripted', provider],
      ['offline', provider],
    ]),
  });
});
