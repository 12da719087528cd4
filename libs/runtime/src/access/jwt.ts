import { errors, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { AccessRefused } from './access-refused.js';
import { ProviderKeys } from './provider-keys.js';
import type { ProviderKeysOptions } from './provider-keys.js';

/** Signatures that need a private key. Nothing symmetric: with HS256 the public key would be the secret. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** Clocks may differ by so many seconds. */
const LEEWAY_SECONDS = 30;
const LONGEST_SUBJECT = 255;

export interface JwtSettings {
  issuer: string;
  audience: string;
  jwksUrl: string;
}

/** What a token says, once it is known to be the issuer's. */
export interface TokenBearer {
  subject: string;
  claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970; the leeway is in it. */
  expiresAtMs: number;
}

/** Checks a token. Throws `AccessRefused`, which says why. */
export type VerifyToken = (token: string) => Promise<TokenBearer>;

/** Tokens of one issuer, for one audience, by the keys it publishes. */
export function createTokenVerifier(settings: JwtSettings, options: Omit<ProviderKeysOptions, 'url'>): VerifyToken {
  const keys = new ProviderKeys({ ...options, url: settings.jwksUrl });
  return (token) => verifyToken(token, settings, keys.find);
}

async function verifyToken(
  token: string,
  { issuer, audience }: JwtSettings,
  keys: JWTVerifyGetKey,
): Promise<TokenBearer> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience,
      clockTolerance: LEEWAY_SECONDS,
      requiredClaims: ['exp', 'sub'],
    });
    return bearerOf(payload);
  } catch (error) {
    if (error instanceof AccessRefused) throw error;
    throw new AccessRefused('unauthenticated', reasonOf(error));
  }
}

function bearerOf(payload: JWTPayload): TokenBearer {
  const { sub = '', exp = 0 } = payload;
  // It goes into the audit log and onto runs.
  if (sub.length > LONGEST_SUBJECT || !/^[\x20-\x7e]+$/.test(sub)) {
    throw new AccessRefused(
      'unauthenticated',
      `The token's sub must be 1 to ${LONGEST_SUBJECT} visible ASCII characters.`,
    );
  }
  return { subject: sub, claims: payload, expiresAtMs: (exp + LEEWAY_SECONDS) * 1_000 };
}

/** Nothing of the token itself is in it. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === 'missing'
      ? `The token has no claim ${error.claim}.`
      : `The token's claim ${error.claim} is not as it must be here.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return `The token is signed with an algorithm that is not taken; ${ALGORITHMS.join(', ')} are.`;
  }
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'The token is signed with a key the identity provider does not have.';
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return 'The token does not say which key it is signed with (kid).';
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The token's signature is not right.";
  return 'The token could not be read as a signed JWT.';
}
