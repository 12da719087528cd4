import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * An API key is `pw_{8}_{secret: 32}_{checksum: 6}`, 51 characters.
 *
 * The prefix tells people and secret scanners what it is. The eight characters (0-9, a-z) are no secret: lists show them,
 * and they stay when the key is rotated. The secret is 32 characters of 0-9, A-Z, a-z: 190 bits of chance. The checksum is
 * CRC-32 of everything before its underscore, in the same alphabet: a key with a wrong letter is refused without asking
 * the database.
 */
const PUBLIC_ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PUBLIC_LENGTH = 8;
const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

const WELL_FORMED = /^(pw_[0-9a-z]{8}_[0-9A-Za-z]{32})_([0-9A-Za-z]{6})$/;
/** With a few characters too many or too few, too: no key that somebody else made looks like this by chance. */
const LOOKS_ISSUED = /^pw_[0-9a-z]{8}_[0-9A-Za-z_]{36,42}$/;

/** A key with a new secret; `publicId`: that of a key that is rotated. */
export function mintKey(publicId: string = random(PUBLIC_ALPHABET, PUBLIC_LENGTH)): { publicId: string; key: string } {
  const body = `pw_${publicId}_${random(ALPHABET, SECRET_LENGTH)}`;
  return { publicId, key: `${body}_${checksumOf(body)}` };
}

/** True for what was one of our keys before somebody mistyped it. Keys from elsewhere, of any form, are none. */
export function isMistyped(key: string): boolean {
  if (!LOOKS_ISSUED.test(key)) return false;
  const [, body, checksum] = WELL_FORMED.exec(key) ?? [];
  return body === undefined || checksumOf(body) !== checksum;
}

/** Keys are kept as SHA-256: they are long and random, so a slow hash would protect nothing more. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    text = (ALPHABET[rest % ALPHABET.length] ?? '') + text;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return text;
}

function random(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
