import { isIP } from 'node:net';
import { invalidFields } from '@planwright/contracts';
import { refusal } from '../http/problem.js';

/**
 * Refuses at once an address that nothing would ever be sent to. What a name leads to is checked whenever something is
 * sent, by the notifier. Without keys this machine and its network may be named, and plain http will do.
 */
export function checkTarget(url: string, auth: 'off' | 'required'): void {
  const message = auth === 'required' ? faultOf(new URL(url)) : null;
  if (message !== null) throw refusal(invalidFields([{ pointer: '/url', code: 'not_reachable', message }]));
}

function faultOf({ protocol, hostname }: URL): string | null {
  if (protocol !== 'https:') return 'must begin with https://';
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isIP(host) !== 0) return 'must name a host, not an address';
  return /(^|\.)localhost$/.test(host) ? 'must not lead to this server itself' : null;
}
