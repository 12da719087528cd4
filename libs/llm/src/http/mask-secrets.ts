/** Keys as providers issue them, and what else opens something: some of them say in a 401 what they were given. */
const SECRETS: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|hf|nvapi|csk|fw|tgp|pplx)[-_][\w*.…-]{3,}[\w*…-]/gi,
  /\bAIza[\w-]{10,}/g,
  /\beyJ[\w-]{10,}\.[\w.-]+/g,
  /\bBearer\s+[^\s"',;]+/gi,
  // What follows "key provided:" however it looks: half of it may be masked already.
  /(?<=\bkey(?: provided)?\s*[:=]\s*)[^\s"',;]*[^\s"',;.]/gi,
  // Azure's keys, and hashes of keys; not the id of a request.
  /(?<!request[ _-]id:? ?)\b[0-9a-f]{32,}\b/gi,
  /(?<=:\/\/)[^\s/@]+@/g,
];

/** The text without keys: those of the known shapes, and `secret` itself. */
export function maskSecrets(text: string, secret?: string): string {
  const own = secret === undefined || secret.length < 4 ? text : text.replaceAll(secret, '[key]');
  return SECRETS.reduce((masked, shape) => masked.replace(shape, '[key]'), own);
}
