import { formatNumber } from '../format/numbers.js';

const RESOURCES: Readonly<Record<string, string>> = {
  requests: 'Calls',
  tokens: 'Tokens',
  input_tokens: 'Tokens read',
  output_tokens: 'Tokens written',
};

/** What a limit counts, for people. */
export const resourceWords = (resource: string): string => RESOURCES[resource] ?? resource;

/** What there is of a limit. */
export const levelWords = ({ level, per_minute }: { level: number; per_minute: number }): string =>
  `${formatNumber(level)} ready now, ${formatNumber(per_minute)} a minute`;

/** Of as much as is saved up, what there is, 0 to 1. */
export const levelShare = ({ level, capacity }: { level: number; capacity: number }): number =>
  capacity === 0 ? 0 : Math.min(1, level / capacity);

const PAUSES: Readonly<Record<string, string>> = {
  rate_limited: 'The provider asked us to wait',
  overloaded: 'The provider is overloaded',
  server_error: 'The provider has errors',
  timeout: 'The provider does not answer in time',
  connection: 'The provider can’t be reached',
  auth: 'The provider refuses its key',
  billing: 'The provider refuses the account',
};

/** Why nobody calls a provider at present. */
export const pauseWords = (reason: string): string => PAUSES[reason] ?? `Left alone (${reason})`;

const WAITS: Readonly<Record<string, string>> = {
  quota: 'its turn at the provider’s limit',
  concurrency: 'a free call',
  workspace_share: 'this workspace’s share of the limit',
  budget: 'what running sections have set aside of the budget',
  rate_limited: 'the instant the provider named',
  overloaded: 'another try, as the provider was overloaded',
  server_error: 'another try, as the provider had an error',
  timeout: 'another try, as the provider did not answer in time',
  connection: 'another try, as the provider could not be reached',
};

/** What a step waits for, after “Waits for”. */
export const waitWords = (reason: string): string => WAITS[reason] ?? `another try (${reason})`;

/** Whether waiting ends by itself: a refused key or account needs a person. */
export const needsPerson = (reason: string): boolean => reason === 'auth' || reason === 'billing';
