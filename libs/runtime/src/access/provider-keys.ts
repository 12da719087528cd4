import { createLocalJWKSet, errors } from 'jose';
import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose';
import { AccessRefused } from './access-refused.js';

export interface ProviderKeysOptions {
  url: string;
  /** Told when the provider can't be asked. */
  log: { warn(fields: object, message: string): void };
  /** Keys older than this are asked for again, in milliseconds. Default 10 minutes. */
  maxAgeMs?: number;
  /** Least time between two questions, in milliseconds. Default 30 s: made-up key ids must not become a flood. */
  cooldownMs?: number;
  /** Time the provider has for an answer, in milliseconds. Default 5 s. */
  timeoutMs?: number;
  nowMs?: () => number;
}

/** A set of keys is a few KB; more is no such set. */
const MAX_CHARACTERS = 1_000_000;

/**
 * The identity provider's public keys (JWKS). They are asked for when the first token comes, when they are old, and when a
 * token names a key that is not among them, as it does after the provider rotated; at most once in the cooldown, by one
 * request at a time. When the provider is away, tokens of the keys it had go on; one of a key that is not known is
 * `unavailable` then, as nobody can tell.
 */
export class ProviderKeys {
  private known: ReturnType<typeof createLocalJWKSet> | null = null;
  private fetchedAtMs = -Infinity;
  private askedAtMs = -Infinity;
  private isAway = false;
  private asking: Promise<void> | null = null;
  private readonly options: Required<ProviderKeysOptions>;

  constructor(options: ProviderKeysOptions) {
    const defaults = { maxAgeMs: 600_000, cooldownMs: 30_000, timeoutMs: 5_000, nowMs: () => performance.now() };
    this.options = { ...defaults, ...options };
  }

  /** The key a token was signed with. Throws jose's errors, or `AccessRefused` where the provider would have to answer. */
  readonly find = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> => {
    const { maxAgeMs, nowMs } = this.options;
    if (nowMs() - this.fetchedAtMs > maxAgeMs) await this.ask();
    try {
      return await this.lookUp(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    await this.ask();
    try {
      return await this.lookUp(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && this.isAway) {
        throw new AccessRefused(
          'unavailable',
          'The identity provider does not answer, and the key of this token is not known here yet.',
        );
      }
      throw error;
    }
  };

  private async lookUp(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (!this.known) throw new errors.JWKSNoMatchingKey();
    return this.known(header, token);
  }

  private async ask(): Promise<void> {
    const { cooldownMs, nowMs } = this.options;
    if (!this.asking) {
      if (nowMs() - this.askedAtMs < cooldownMs) return;
      this.askedAtMs = nowMs();
      this.asking = this.fetch().finally(() => (this.asking = null));
    }
    await this.asking;
  }

  private async fetch(): Promise<void> {
    const { url, timeoutMs, log, nowMs } = this.options;
    try {
      const answer = await fetch(url, {
        headers: { accept: 'application/jwk-set+json, application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      const text = await answer.text();
      if (text.length > MAX_CHARACTERS) throw new Error('its answer is larger than any set of keys');
      this.known = createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
      this.fetchedAtMs = nowMs();
      this.isAway = false;
    } catch (error) {
      this.isAway = true;
      log.warn({ err: error }, "the identity provider's keys (PLANWRIGHT_JWKS_URL) could not be read");
    }
  }
}
