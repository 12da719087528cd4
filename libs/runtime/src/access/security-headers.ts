/** What every answer says to a browser that shows it: it is data and nothing else. Pages have a policy of their own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/** A year; without `includeSubDomains`, as other names of the domain are not ours to decide over. */
const HSTS = 'max-age=31536000';

/**
 * Headers of an answer that depend on how it was asked for. `strict-transport-security` under https only, be it ours or
 * that of the proxy in front: over plain http browsers ignore it, and on a workstation it would lock them out.
 */
export function transportHeaders(request: {
  encrypted: boolean;
  forwardedProto: string | undefined;
}): Record<string, string> {
  const proto = request.forwardedProto?.split(',')[0]?.trim().toLowerCase();
  return request.encrypted || proto === 'https' ? { 'strict-transport-security': HSTS } : {};
}
