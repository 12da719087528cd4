import { configSchema, startGenerator } from '@planwright/generator';
import { createLogger, readConfig, runMain, textField, urlField } from '@planwright/runtime';
import { RemoteProvider } from '@planwright/testing';

const schema = configSchema.extend({
  REMOTE_PROVIDER_URL: urlField(['http'], {
    required: true,
    description: 'Where the stand-in for a provider answers.',
  }),
  REMOTE_PROVIDER_CALLER: textField({ default: 'generator', description: 'Name of this process in its books.' }),
});

// The generator as it ships, on a provider that runs elsewhere and outlives it. It answers for `offline`, too, so that
// the processes around it need no configuration of their own.
await runMain('remote-generator', async () => {
  const config = readConfig(schema, process.env);
  const log = createLogger('generator', config.PLANWRIGHT_LOG_LEVEL);
  const provider = new RemoteProvider({ url: config.REMOTE_PROVIDER_URL, caller: config.REMOTE_PROVIDER_CALLER });
  await startGenerator({
    config,
    log,
    providers: new Map([
      ['remote', provider],
      ['offline', provider],
    ]),
  });
});
