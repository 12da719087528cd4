import type { Logger } from '../logger.js';
import { defineField } from './field.js';

/** Keys that secrets are sealed with in the database, for the processes that store or use them. */
export const secretsFields = {
  PLANWRIGHT_SECRETS_KEYS: defineField<readonly Buffer[], { description: string }>(
    {
      description:
        'Keys that the secrets of webhooks are sealed with in the database, separated by commas: the first seals, all ' +
        'open. Gateway and notifier need the same. Without it secrets are stored as they are; npm start makes a key of ' +
        'its own in its data folder. See webhooks.md.',
    },
    {
      expects: 'keys of 32 bytes in base64, separated by commas',
      secret: true,
      parse: readSecretsKeys,
    },
  ),
};

/** Undefined where a text is not such a list. */
export function readSecretsKeys(text: string): readonly Buffer[] | undefined {
  const words = text.split(',').map((word) => word.trim());
  return words.every((word) => /^[A-Za-z0-9+/]{43}=$/.test(word))
    ? words.map((word) => Buffer.from(word, 'base64'))
    : undefined;
}

/** Says at boot that secrets are not sealed. */
export function warnUnsealed(
  config: { PLANWRIGHT_SECRETS_KEYS?: readonly Buffer[] | undefined },
  log: Pick<Logger, 'warn'>,
): void {
  if (config.PLANWRIGHT_SECRETS_KEYS) return;
  log.warn('PLANWRIGHT_SECRETS_KEYS is not set: the secrets of webhooks are stored as they are, not sealed');
}
