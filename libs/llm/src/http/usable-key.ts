import { ProviderFailure } from '@planwright/contracts';

/** A header cannot carry any other key, and errors about headers quote them. */
export function refuseUnusableKey(apiKey: string, host: string): void {
  if (/^[\x21-\x7e]+$/.test(apiKey)) return;
  throw new ProviderFailure('auth', `the key for ${host} is empty or has characters that no key has: copy it anew`);
}
