import { isIP } from 'node:net';
import { defineField, integerField } from '@planwright/runtime';

const NAMED = ['loopback', 'linklocal', 'uniquelocal'];

/** How many requests may be made, and by whom. */
export const requestLimitFields = {
  PLANWRIGHT_REQUESTS_PER_MINUTE: integerField({
    min: 0,
    max: 1_000_000,
    unit: 'requests',
    description:
      'Requests of one key within a minute, over all gateways; more are answered 429. 0: no limit. Default: 600 where ' +
      'keys are required, else no limit.',
  }),
  PLANWRIGHT_REFUSED_KEYS_PER_MINUTE: integerField({
    min: 0,
    max: 1_000_000,
    unit: 'requests',
    description:
      'Requests of one address without a valid key within a minute that are answered 401; more are answered 429. Who has ' +
      'a key is let in all the same. 0: no limit. Default: 60 where keys are required, else no limit.',
  }),
  PLANWRIGHT_TRUSTED_PROXIES: defineField<readonly string[], { default: readonly string[]; description: string }>(
    {
      default: [],
      description:
        'Proxies in front whose X-Forwarded-For says the address of a caller. Without it every caller behind a proxy has ' +
        "the proxy's address. Default: none.",
    },
    {
      expects: `addresses or networks such as 10.0.0.0/8, or ${NAMED.join(', ')}, separated by commas`,
      parse: (text) => {
        const proxies = text.split(',').map((proxy) => proxy.trim());
        return proxies.every(isNetwork) ? proxies : undefined;
      },
    },
  ),
};

function isNetwork(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  if (version === 0) return NAMED.includes(text);
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
