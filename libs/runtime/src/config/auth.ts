import { choiceField } from './fields.js';
import { isLoopback } from './local-request.js';
import { ConfigError } from './read-config.js';

/** Whether callers need a key. Shared by the processes that take requests. */
export const authFields = {
  PLANWRIGHT_AUTH: choiceField(['off', 'required'], {
    description:
      'required asks for a key; off acts as admin of the workspace default, on loopback only. Default: off on loopback, else required.',
  }),
};

/** The mode in force. Throws when keys are switched off on an address that others can reach. */
export function authMode(config: {
  HOST: string;
  PLANWRIGHT_AUTH?: 'off' | 'required' | undefined;
}): 'off' | 'required' {
  const loopback = isLoopback(config.HOST);
  const mode = config.PLANWRIGHT_AUTH ?? (loopback ? 'off' : 'required');
  if (mode === 'off' && !loopback) {
    throw new ConfigError([`PLANWRIGHT_AUTH must be required while HOST is ${config.HOST}: off is for loopback only`]);
  }
  return mode;
}
