import type { OnApplicationShutdown } from '@nestjs/common';
import type { Auth, Bearer, Log } from '../ports.js';

interface Watched {
  bearer: Bearer;
  /** Ends each connection that came with it. */
  ends: Set<() => void>;
}

/** After so many failures in a row the rest is left to the next time. */
const FAILURES = 3;

/**
 * Ends the connections of keys and tokens that have expired or were revoked. All connections of one bearer are one
 * question. While nobody can answer it they stay: a database that is away for a moment must not send everybody away.
 * Tokens end by the clock alone, and come first.
 */
export class BearerWatch implements OnApplicationShutdown {
  private readonly watched = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;

  constructor(
    private readonly auth: Pick<Auth, 'holds'>,
    private readonly log: Log,
    private readonly everyMs: number,
  ) {}

  /** `end` is called once the bearer holds no longer. The answer stops watching. */
  watch(bearer: Bearer, end: () => void): () => void {
    if (!this.auth.holds || bearer.credential == null) return () => undefined;
    const name = JSON.stringify(bearer.credential);
    const watched = this.watched.get(name) ?? { bearer, ends: new Set() };
    this.watched.set(name, watched);
    watched.ends.add(end);
    this.timer ??= setInterval(() => void this.look(), this.everyMs).unref();
    return () => {
      watched.ends.delete(end);
      if (watched.ends.size === 0 && this.watched.get(name) === watched) this.watched.delete(name);
    };
  }

  /** Looks at everybody, one after the other. */
  look(): Promise<void> {
    this.looking ??= this.lookAtAll().finally(() => (this.looking = null));
    return this.looking;
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.watched.clear();
  }

  private async lookAtAll(): Promise<void> {
    const isKey = ([, { bearer }]: [string, Watched]) => Number(bearer.credential?.kind === 'key');
    let failures = 0;
    for (const [name, { bearer, ends }] of [...this.watched].sort((a, b) => isKey(a) - isKey(b))) {
      try {
        const holds = await this.auth.holds?.(bearer);
        failures = 0;
        if (holds) continue;
      } catch (error) {
        failures += 1;
        if (failures === 1) this.log.warn({ err: error }, 'keys of open connections can not be checked right now');
        if (failures === FAILURES) return;
        continue;
      }
      this.watched.delete(name);
      for (const end of ends) end();
    }
  }
}
