import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Begins what is sealed: the layout below. */
const LAYOUT = 0x01;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** A secret that is not sealed: nothing that is has this length. */
const PLAIN_BYTES = 32;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
const CIPHER = 'aes-256-gcm';

/**
 * Secrets of webhooks as they are stored: sealed with AES-256-GCM for one webhook, or plain where there is no key.
 *
 * Sealed is: the byte 1, the id of the key (the first 4 bytes of its SHA-256), 12 random bytes, the text, 16 bytes of tag.
 * The webhook's id is authenticated with it, so that a secret copied to another webhook does not open. The first key
 * seals, every key opens: a new key goes in front, and the old one stays until everything is sealed anew.
 */
export class WebhookSecrets {
  private readonly keys: readonly { id: Buffer; key: Buffer }[];

  /** Keys of 32 bytes. */
  constructor(keys: readonly Buffer[] = []) {
    this.keys = keys.map((key) => ({ key, id: createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES) }));
  }

  /** As it is to be stored. */
  seal(secret: Buffer, webhookId: string): Buffer {
    const [first] = this.keys;
    if (!first) return secret;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, first.key, nonce).setAAD(Buffer.from(webhookId));
    const text = Buffer.concat([cipher.update(secret), cipher.final()]);
    return Buffer.concat([Buffer.of(LAYOUT), first.id, nonce, text, cipher.getAuthTag()]);
  }

  /** The secret; null where no key opens it. */
  open(stored: Buffer, webhookId: string): Buffer | null {
    if (stored.length === PLAIN_BYTES) return stored;
    if (stored[0] !== LAYOUT || stored.length <= HEAD_BYTES + TAG_BYTES) return null;
    const nonce = stored.subarray(HEAD_BYTES - NONCE_BYTES, HEAD_BYTES);
    const text = stored.subarray(HEAD_BYTES, -TAG_BYTES);
    for (const { key } of this.keys.filter(({ id }) => isSealedBy(id, stored))) {
      const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(Buffer.from(webhookId));
      decipher.setAuthTag(stored.subarray(-TAG_BYTES));
      try {
        return Buffer.concat([decipher.update(text), decipher.final()]);
      } catch {
        // Not of this key, not of this webhook, or not whole.
      }
    }
    return null;
  }

  /** The stored secret sealed with the first key; itself where it is already, null where no key opens it. */
  reseal(stored: Buffer, webhookId: string): Buffer | null {
    const [first] = this.keys;
    const secret = this.open(stored, webhookId);
    if (!secret || !first) return secret && stored;
    return stored.length !== PLAIN_BYTES && isSealedBy(first.id, stored) ? stored : this.seal(secret, webhookId);
  }
}

const isSealedBy = (id: Buffer, stored: Buffer): boolean => stored.subarray(1, 1 + KEY_ID_BYTES).equals(id);
