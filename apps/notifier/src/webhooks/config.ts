import { defineField, secretsFields } from '@planwright/runtime';
import type { AddressPolicy, Network } from './addresses.js';
import { localPolicy, publicPolicy, readNetwork } from './addresses.js';

/** What webhooks ask of the environment, in the notifier and the standalone platform. */
export const webhookFields = {
  ...secretsFields,
  PLANWRIGHT_WEBHOOK_NETWORKS: defineField<Network[], { description: string }>(
    {
      description:
        'Networks besides the public internet that webhooks may be sent to, such as 10.20.0.0/16; whoever may add a ' +
        'webhook can then reach every host in them over https. See webhooks.md.',
    },
    {
      expects: 'networks such as 10.20.0.0/16 or fd00::/8, separated by commas',
      parse: (text) => {
        const named = text.split(',').map((part) => part.trim());
        return named.every(isNetwork) ? named.map(readNetwork) : undefined;
      },
    },
  ),
};

function isNetwork(text: string): boolean {
  try {
    readNetwork(text);
    return true;
  } catch {
    return false;
  }
}

/** Where webhooks may go. Without keys only this machine can add one, so it and its networks may be reached, too. */
export function addressPolicy(
  mode: 'off' | 'required',
  config: { PLANWRIGHT_WEBHOOK_NETWORKS?: readonly Network[] | undefined },
): AddressPolicy {
  const networks = config.PLANWRIGHT_WEBHOOK_NETWORKS ?? [];
  return mode === 'off' ? localPolicy(networks) : publicPolicy(networks);
}
