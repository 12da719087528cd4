/**
 * What our secrets look like, wherever they turn up: API keys and tickets by their prefix, JWTs by how their header
 * begins, and whatever stands behind `Bearer`. A key of the configuration may look like anything: that one is kept out by
 * never being handed to a log or an error.
 */
const SECRETS: readonly [RegExp, string][] = [
  [/\bpw_([0-9a-z]{8})_[0-9A-Za-z_]{8,}/g, 'pw_$1_[redacted]'],
  [/\bpwt_[\w-]{8,}/g, 'pwt_[redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g, '[redacted token]'],
  [/\bBearer(\s|%20|\+)+[\w.~+/=-]{8,}/gi, 'Bearer [redacted]'],
];

/** The text without keys, tokens and tickets that may stand in it. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((rest, [secret, shown]) => rest.replace(secret, shown), text);
}
