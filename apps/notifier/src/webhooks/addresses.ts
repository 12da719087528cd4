import { isIP } from 'node:net';
import type { IPv4, IPv6 } from 'ipaddr.js';
import ipaddr from 'ipaddr.js';

/** A range of addresses: `10.20.0.0/16`. */
export type Network = [IPv4 | IPv6, number];

/** Where webhooks may be sent to. */
export interface AddressPolicy {
  /** Whether `http:` is good enough. */
  plainHttp: boolean;
  /** Whether an address may be connected to. Whatever is no address may not. */
  allows(address: string): boolean;
  /** True: names are looked up as this machine does (`/etc/hosts`, `localhost`); false: in the DNS alone. */
  localNames: boolean;
}

/** The public internet, and the networks an operator names. */
export function publicPolicy(networks: readonly Network[] = []): AddressPolicy {
  return {
    plainHttp: false,
    allows: (address) => isPublic(address) || isWithin(networks, address),
    localNames: false,
  };
}

/**
 * For a platform that nobody else can reach, and that asks for no keys: this machine and the networks it is in as well.
 * Link-local addresses stay forbidden: cloud providers hand out credentials there.
 */
export function localPolicy(networks: readonly Network[] = []): AddressPolicy {
  const local = ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
  const { allows } = publicPolicy([...networks, ...local.map(readNetwork)]);
  return { plainHttp: true, allows, localNames: true };
}

/** Throws where the text is no range. */
export const readNetwork = (cidr: string): Network => ipaddr.parseCIDR(cidr);

/**
 * Whether an address is one of the public internet: unicast, and not set apart for anything. What is an IPv4 address in
 * an IPv6 coat (mapped, or by NAT64) is judged by the IPv4 address.
 */
export function isPublic(address: string): boolean {
  const bare = read(address);
  if (!bare || bare.range() !== 'unicast') return false;
  // All global unicast there is lies in 2000::/3; the library takes everything it knows nothing of for unicast.
  return bare.kind() === 'ipv4' || bare.match(GLOBAL_UNICAST);
}

function isWithin(networks: readonly Network[], address: string): boolean {
  const bare = read(address);
  return networks.some(([network, bits]) => bare?.kind() === network.kind() && bare.match(network, bits));
}

const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

function read(text: string): IPv4 | IPv6 | null {
  // Stricter than the library, which also reads `127.1` and `0x7f000001`.
  if (isIP(text) === 0) return null;
  const address = ipaddr.parse(text);
  if (address.kind() === 'ipv4') return address;
  const six = address as IPv6;
  if (six.isIPv4MappedAddress()) return six.toIPv4Address();
  return six.match(NAT64) ? new ipaddr.IPv4(six.toByteArray().slice(12)) : six;
}
