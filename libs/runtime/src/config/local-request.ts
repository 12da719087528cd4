const NAMED = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/;

/** A name or address that leads to this machine only; IPv6 without brackets. */
export function isLoopback(name: string): boolean {
  return /^(127(\.\d{1,3}){3}|::1|localhost)$/i.test(name);
}

/**
 * Whether a request was made for this machine, by something on it. Where no key is asked for, listening on a loopback
 * address alone is not enough: any web page can make a browser here send requests to that address, under the page's own
 * name when its DNS answers 127.0.0.1. Such a request has a foreign `Host` or a foreign `Origin`; programs such as curl
 * send no `Origin`.
 */
export function isLocalRequest({ host, origin }: { host?: string | undefined; origin?: string | undefined }): boolean {
  if (!namesLoopback(host)) return false;
  return origin === undefined || (/^https?:\/\//i.test(origin) && namesLoopback(origin.replace(/^\w+:\/\//, '')));
}

/** `localhost:3000`, `[::1]` and so on. */
function namesLoopback(host = ''): boolean {
  const [, ipv6, name] = NAMED.exec(host) ?? [];
  return isLoopback(ipv6 ?? name ?? '');
}
