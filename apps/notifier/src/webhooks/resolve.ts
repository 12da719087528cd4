import { lookup, Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

/** All addresses of a host; none where it has none. Rejects where nobody answers. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * Asks the DNS itself. The operating system's lookup would occupy one of the few threads of this process until the name
 * servers of some receiver answer, and so hold up all the others.
 */
export function dnsResolver(): Resolve {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return literalOr(async (host) => {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  });
}

/** Asks as every program on this machine does: also what only its own files know, such as `localhost`. */
export function localResolver(): Resolve {
  return literalOr(async (host) => (await lookup(host, { all: true })).map(({ address }) => address));
}

const literalOr =
  (resolve: Resolve): Resolve =>
  async (host) =>
    isIP(host) === 0 ? resolve(host) : [host];
