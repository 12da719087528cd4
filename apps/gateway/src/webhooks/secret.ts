import { randomBytes } from 'node:crypto';

/** 256 bits: what the specification recommends, and what HMAC-SHA256 has a use for. */
const SECRET_BYTES = 32;

export const newSecret = (): Buffer => randomBytes(SECRET_BYTES);

/** As receivers' libraries take it. */
export const shownSecret = (secret: Buffer): string => `whsec_${secret.toString('base64')}`;
