import { createHash } from 'node:crypto';

/** The strong entity tag of what an answer says: of its JSON as it is sent, so that equal answers have equal tags. */
export function entityTag(body: object | string): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 24)}"`;
}

/** True where one of the entity tags of an `If-None-Match` is this one, weak or not (RFC 9110, 13.1.2). */
export function isKnown(etag: string, header: string | undefined): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return header !== undefined && (header.trim() === '*' || header.split(',').some((tag) => bare(tag) === bare(etag)));
}
