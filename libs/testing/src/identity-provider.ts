import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK } from 'jose';

export const ISSUER = 'https://id.example.com/';
export const AUDIENCE = 'planwright';

type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

/** A key that signs tokens, and the half of it that is published. */
export interface SigningKey {
  alg: Algorithm;
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
  /** The public key as PEM: what an attacker would sign with as if it were the secret of HS256. */
  publicPem: string;
}

export async function signingKey(kid: string, alg: Algorithm = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return { alg, kid, privateKey, publicJwk, publicPem: await exportSPKI(publicKey) };
}

/** What a token says; instants in seconds since 1970. */
export interface TokenParts {
  claims?: Record<string, unknown>;
  subject?: string;
  issuer?: string;
  audience?: string;
  expiresAt?: number;
  notBefore?: number;
}

export function signToken(key: SigningKey, parts: TokenParts = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const {
    claims = {},
    subject = 'ada',
    issuer = ISSUER,
    audience = AUDIENCE,
    expiresAt = now + 300,
    notBefore,
  } = parts;
  const token = new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(expiresAt);
  return (notBefore === undefined ? token : token.setNotBefore(notBefore)).sign(key.privateKey);
}

/** An identity provider as far as anybody but its users sees it: a server with its public keys. */
export interface IdentityProvider {
  /** Its `jwks_uri`. */
  url: string;
  /** Replaces what it publishes. */
  publish(...keys: SigningKey[]): void;
  /** What it answers instead of its keys; null: its keys. */
  answer: { status: number; body: string } | null;
  /** So many times it was asked. */
  readonly asked: number;
  close(): Promise<void>;
}

export async function startIdentityProvider(...keys: SigningKey[]): Promise<IdentityProvider> {
  let published = keys;
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.statusCode = provider.answer?.status ?? 200;
    response.end(provider.answer?.body ?? JSON.stringify({ keys: published.map(({ publicJwk }) => publicJwk) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider: IdentityProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    publish: (...next) => void (published = next),
    answer: null,
    get asked() {
      return asked;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}
