import { createHmac } from 'node:crypto';
import { AUDIENCE, ISSUER, signingKey, signToken, startIdentityProvider } from '@planwright/testing';
import type { IdentityProvider, SigningKey } from '@planwright/testing';
import { UnsecuredJWT } from 'jose';
import { AccessRefused } from './access-refused.js';
import { createTokenVerifier } from './jwt.js';
import type { VerifyToken } from './jwt.js';

const now = () => Math.floor(Date.now() / 1_000);
const COOLDOWN_MS = 30_000;
const MAX_AGE_MS = 600_000;

let key: SigningKey;
let provider: IdentityProvider;
let verify: VerifyToken;
let nowMs: number;
let warnings: string[];
beforeAll(async () => void (key = await signingKey('first')));
beforeEach(async () => {
  provider = await startIdentityProvider(key);
  nowMs = 1_000_000;
  warnings = [];
  const settings = { issuer: ISSUER, audience: AUDIENCE, jwksUrl: provider.url };
  const log = { warn: (fields: object, message: string) => void warnings.push(`${message} ${JSON.stringify(fields)}`) };
  verify = createTokenVerifier(settings, { log, nowMs: () => nowMs, timeoutMs: 2_000 });
});
afterEach(() => provider.close());

const refusal = async (token: string): Promise<{ code: string; message: string }> => {
  const error: unknown = await verify(token).catch((reason: unknown) => reason);
  if (!(error instanceof AccessRefused)) throw new Error('it was taken', { cause: error });
  return { code: error.code, message: error.message };
};
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('signed with %s is taken', async (alg) => {
    const signer = await signingKey(alg, alg);
    provider.publish(signer);
    const claims = { planwright_role: 'viewer' };
    expect(await verify(await signToken(signer, { claims, expiresAt: now() + 60 }))).toMatchObject({
      subject: 'ada',
      claims,
    });
  });

  it('ends its leeway after its exp', async () => {
    const expiresAt = now() + 60;
    expect((await verify(await signToken(key, { expiresAt }))).expiresAtMs).toBe((expiresAt + 30) * 1_000);
    expect((await verify(await signToken(key, { expiresAt: now() - 10 }))).subject).toBe('ada');
  });

  it.each([
    ['has expired', { expiresAt: now() - 60 }, 'The token has expired.'],
    ['is not good yet', { notBefore: now() + 120 }, 'claim nbf is not as it must be'],
    ['is for another audience', { audience: 'payroll' }, 'claim aud is not as it must be'],
    ['comes from another issuer', { issuer: 'https://id.example.com' }, 'claim iss is not as it must be'],
    ['has a subject no log could show', { subject: 'a\nb' }, 'sub must be 1 to 255 visible ASCII characters'],
  ])('that %s is refused', async (_what, parts, reason) => {
    expect(await refusal(await signToken(key, parts))).toEqual({
      code: 'unauthenticated',
      message: expect.stringContaining(reason),
    });
  });

  it('without a signature is refused', async () => {
    const none = new UnsecuredJWT({}).setIssuer(ISSUER).setAudience(AUDIENCE).setSubject('ada').setExpirationTime('1h');
    expect((await refusal(none.encode())).message).toContain('algorithm');
  });

  it('signed with the public key as if it were a secret is refused', async () => {
    const rsa = await signingKey('rsa', 'RS256');
    provider.publish(rsa);
    const whole = { iss: ISSUER, aud: AUDIENCE, sub: 'mallory', exp: now() + 300 };
    for (const secret of [rsa.publicPem, rsa.publicPem.trim(), JSON.stringify(rsa.publicJwk)]) {
      const body = `${encode({ alg: 'HS256', kid: 'rsa' })}.${encode(whole)}`;
      const forged = `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
      expect((await refusal(forged)).message).toContain('algorithm that is not taken; RS256, PS256, ES256, EdDSA are');
    }
  });

  it('by another key under the name of a known one is refused', async () => {
    const other = await signingKey('first');
    expect((await refusal(await signToken(other))).message).toBe("The token's signature is not right.");
  });

  it('that was changed is refused', async () => {
    const [header = '', , signature = ''] = (await signToken(key)).split('.');
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: now() + 300, planwright_role: 'admin' };
    expect((await refusal(`${header}.${encode(claims)}.${signature}`)).message).toContain('signature');
  });

  it('that names its own key (jwk, jku, x5c) is measured by the published ones', async () => {
    const mallory = await signingKey('mallory');
    const body = { iss: ISSUER, aud: AUDIENCE, sub: 'mallory', exp: now() + 300 };
    const signed = (await signToken(mallory)).split('.');
    const header = { alg: 'ES256', kid: 'mallory', jwk: mallory.publicJwk, jku: 'https://evil.example/jwks' };
    expect((await refusal(`${encode(header)}.${encode(body)}.${signed[2]}`)).message).toContain(
      'a key the identity provider does not have',
    );
  });

  it.each(['eyJ.eyJ.x', 'eyJhbGciOiJFUzI1NiJ9.e30.', 'eyJhbGciOiJFUzI1NiJ9..'])('%s is refused', async (token) => {
    expect((await refusal(token)).code).toBe('unauthenticated');
  });
});

describe('keys of the provider', () => {
  it('are asked for once and kept', async () => {
    const token = await signToken(key);
    await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(provider.asked).toBe(1);
  });

  it('are asked for again when one is new, and one that is gone is refused', async () => {
    const token = await signToken(key);
    await verify(token);
    const next = await signingKey('second');
    provider.publish(next);
    nowMs += COOLDOWN_MS;
    expect((await verify(await signToken(next))).subject).toBe('ada');
    expect((await refusal(token)).message).toContain('a key the identity provider does not have');
  });

  it('are asked for again when they are old, so that one that was withdrawn ends', async () => {
    const token = await signToken(key);
    await verify(token);
    provider.publish(await signingKey('second'));
    nowMs += MAX_AGE_MS;
    expect((await verify(token)).subject).toBe('ada');
    nowMs += 1;
    expect((await refusal(token)).code).toBe('unauthenticated');
  });

  it('are not asked for by everybody who makes one up', async () => {
    await verify(await signToken(key));
    const madeUp = await Promise.all([1, 2, 3, 4].map(async (n) => signToken(await signingKey(`made-up-${n}`))));
    for (const token of madeUp) expect((await refusal(token)).code).toBe('unauthenticated');
    expect(provider.asked).toBe(1);
  });

  it.each([
    ['answers 500', { status: 500, body: 'no' }],
    ['answers no JSON', { status: 200, body: '<html>' }],
    ['answers something else', { status: 200, body: '{"keys": 7}' }],
  ])('go on while the provider %s; one that is not known is unavailable', async (_what, answer) => {
    const token = await signToken(key);
    await verify(token);
    provider.answer = answer;
    nowMs += MAX_AGE_MS + 1;
    expect((await verify(token)).subject).toBe('ada');
    const unknown = await signToken(await signingKey('second'));
    expect(await refusal(unknown)).toEqual({
      code: 'unavailable',
      message: 'The identity provider does not answer, and the key of this token is not known here yet.',
    });
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.join()).not.toContain(token);

    provider.answer = null;
    nowMs += COOLDOWN_MS;
    expect((await refusal(unknown)).code).toBe('unauthenticated');
  });

  it('that were never there make every token unavailable, and each takes no longer than the last', async () => {
    await provider.close();
    const token = await signToken(key);
    expect((await refusal(token)).code).toBe('unavailable');
    expect((await refusal(token)).code).toBe('unavailable');
    expect(warnings).toHaveLength(1);
    provider = await startIdentityProvider(key);
  });
});
