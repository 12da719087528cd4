import type { FailureCode } from '@planwright/contracts';
import type { Settlement, WaitReason } from '../limiter.js';
import { RULES } from '../limiter.js';

/**
 * When a provider is left alone. Open, everybody calls. Paused, nobody does, until an instant: one a 429 named, or one of
 * the breaker after too many failures. From then on one call goes as a probe, and what becomes of it decides for all.
 */
export class Gate {
  /** Until when; 0: open. */
  private until = 0;
  private code: FailureCode | null = null;
  /** The reservation of the probe. */
  probe: string | null = null;
  private opens = 0;
  private good = 0;
  private bad = 0;
  private healthAt = 0;

  isPaused(now: number): boolean {
    return this.until > now;
  }

  /** The pause is over, and no call has shown yet that it is. */
  isProbing(now: number): boolean {
    return this.until > 0 && this.until <= now;
  }

  /** A refused account or credential is not waited for. */
  shutFor(now: number): { code: 'auth' | 'billing'; waitMs: number } | null {
    if (!this.isPaused(now) || (this.code !== 'auth' && this.code !== 'billing')) return null;
    return { code: this.code, waitMs: this.until - now };
  }

  waitFor(now: number): { waitMs: number; reason: WaitReason } | null {
    if (this.code === null) return null;
    if (this.isPaused(now)) return { waitMs: this.until - now, reason: this.code };
    return this.isProbing(now) && this.probe !== null ? { waitMs: RULES.probeWaitMs, reason: this.code } : null;
  }

  /** A pause is never shortened; true where it lasts longer by this. */
  pause(code: FailureCode, ms: number, now: number): boolean {
    const until = now + ms;
    if (until <= this.until) return false;
    this.until = until;
    this.code = code;
    this.probe = null;
    return true;
  }

  open(): void {
    this.until = 0;
    this.code = null;
    this.probe = null;
  }

  /** How a call ended, for the breaker. */
  judge(id: string, { health, code }: Settlement, now: number): void {
    const wasProbe = this.probe === id;
    if (wasProbe) this.probe = null;
    if (health === 'unknown') return;
    const kept = 0.5 ** (Math.max(0, now - this.healthAt) / RULES.healthHalfLifeMs);
    this.good = this.good * kept + (health === 'good' ? 1 : 0);
    this.bad = this.bad * kept + (health === 'bad' ? 1 : 0);
    this.healthAt = now;
    if (health === 'good') {
      this.opens = 0;
      if (wasProbe) this.open();
      return;
    }
    const isIll = this.bad >= RULES.minFailures - 0.5 && this.bad >= RULES.failureShare * (this.good + this.bad);
    if ((!isIll && !wasProbe) || this.isPaused(now)) return;
    this.opens++;
    this.good = 0;
    this.bad = 0;
    this.pause(code ?? 'overloaded', Math.min(RULES.maxBreakerMs, RULES.breakerMs * 2 ** (this.opens - 1)), now);
  }

  /** The probe's worker died. */
  forget(id: string): void {
    if (this.probe === id) this.probe = null;
  }

  view(now: number): { code: string; ms: number } | null {
    return this.code !== null && this.isPaused(now) ? { code: this.code, ms: this.until - now } : null;
  }
}
