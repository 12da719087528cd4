import { z } from 'zod';
import {
  choicesField,
  durationMsField,
  integerField,
  processFields,
  secretField,
  textField,
  urlField,
} from './fields.js';
import { ConfigError, describeConfig, readConfig } from './read-config.js';

const schema = z.object({
  ...processFields(3003),
  GENERATOR_CONCURRENCY: integerField({ min: 1, max: 256, unit: 'steps', default: 16, description: 'Steps at once.' }),
  QUEUES: choicesField(['interactive', 'background'], {
    default: ['interactive', 'background'],
    description: 'Queues.',
  }),
  BROKER_URL: urlField(['amqp', 'amqps'], { required: true, description: 'Address of the broker.' }),
  GAP_MS: durationMsField({ description: 'Longest silence.' }),
  KEY: secretField({ description: 'Key.' }),
  NOTE: textField({ description: 'Note.' }),
});
const enough = { BROKER_URL: 'amqp://guest:guest@127.0.0.1:5672' };

/** The type of every field follows from its options. */
function typed(
  config: z.infer<typeof schema>,
): [number, readonly ('interactive' | 'background')[], string, number | undefined] {
  return [config.GENERATOR_CONCURRENCY, config.QUEUES, config.BROKER_URL, config.GAP_MS];
}

describe('readConfig', () => {
  it('takes defaults for what is unset or empty', () => {
    const config = readConfig(schema, { ...enough, PORT: '', HOST: ' ' });
    expect(config).toMatchObject({
      PORT: 3003,
      HOST: '127.0.0.1',
      GENERATOR_CONCURRENCY: 16,
      PLANWRIGHT_LOG_LEVEL: 'info',
    });
    expect(typed(config)).toEqual([16, ['interactive', 'background'], enough.BROKER_URL, undefined]);
  });

  it('reads values, trimmed', () => {
    const config = readConfig(schema, { ...enough, PORT: ' 0 ', QUEUES: 'background, background', GAP_MS: '250' });
    expect(config).toMatchObject({ PORT: 0, QUEUES: ['background'], GAP_MS: 250 });
  });

  it('says every problem at once, with variable, limit and unit', () => {
    const read = () =>
      readConfig(schema, {
        PORT: '70000',
        GENERATOR_CONCURRENCY: '0',
        GAP_MS: '5s',
        QUEUES: 'slow',
        PLANWRIGHT_LOG_LEVEL: 'loud',
      });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      expect((error as ConfigError).problems).toEqual([
        'PORT must be a whole number from 0 to 65535, not "70000"',
        'PLANWRIGHT_LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, not "loud"',
        'GENERATOR_CONCURRENCY must be a whole number of steps from 1 to 256, not "0"',
        'QUEUES must be some of interactive, background, separated by commas, not "slow"',
        'BROKER_URL is required: a URL that starts with amqp:// or amqps://',
        'GAP_MS must be a whole number of milliseconds from 0 to 86400000, not "5s"',
      ]);
      expect((error as ConfigError).message).toMatch(/^6 problems with the environment:\n  PORT/);
    }
  });

  it('never shows an address, which may hold a password', () => {
    expect(() => readConfig(schema, { BROKER_URL: 'http://user:hunter2@host' })).toThrow(
      /^BROKER_URL must be a URL that starts with amqp:\/\/ or amqps:\/\/$/,
    );
  });
});

describe('describeConfig', () => {
  it('gives a row per variable', () => {
    const rows = describeConfig(schema);
    expect(rows.map((row) => row.name)).toEqual(Object.keys(schema.shape));
    expect(rows.find((row) => row.name === 'SHUTDOWN_GRACE_MS')).toMatchObject({
      unit: 'milliseconds',
      default: 25_000,
    });
    expect(rows.find((row) => row.name === 'KEY')).toMatchObject({ secret: true, required: false });
  });

  it('refuses a variable without a description', () => {
    expect(() => describeConfig(z.object({ BARE: z.string() }))).toThrow('BARE');
  });
});
