/** What one check said. */
export interface CheckResult {
  ok: boolean;
  /** How long it took, in milliseconds. */
  ms: number;
  /** Why it is not ok. */
  error?: string;
}

export interface HealthReport {
  ok: boolean;
  checks: Record<string, CheckResult>;
}

/** Default time a check has before it counts as failed. */
const CHECK_TIMEOUT_MS = 2_000;

/** What a process needs in order to take work: named checks that resolve, or reject with the reason. */
export class HealthRegistry {
  private readonly checks = new Map<string, () => Promise<void>>();
  private draining = false;

  constructor(private readonly options: { timeoutMs: number } = { timeoutMs: CHECK_TIMEOUT_MS }) {}

  /** Adds a check; the answer takes it out again. A name in use is an error. */
  register(name: string, check: () => Promise<void>): () => void {
    if (this.checks.has(name)) throw new Error(`there already is a health check ${name}`);
    this.checks.set(name, check);
    return () => this.checks.delete(name);
  }

  /** From now on the process reports itself as not ready, so that nobody sends it new work. */
  drain(): void {
    this.draining = true;
  }

  /** Runs all checks side by side. Never rejects and never takes longer than the time limit. */
  async check(): Promise<HealthReport> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await this.runOne(check)] as const),
    );
    const checks: HealthReport['checks'] = Object.fromEntries(results);
    if (this.draining) checks['draining'] = { ok: false, ms: 0, error: 'the process is shutting down' };
    return { ok: Object.values(checks).every((result) => result.ok), checks };
  }

  private async runOne(check: () => Promise<void>): Promise<CheckResult> {
    const startedAt = performance.now();
    const took = () => Math.round(performance.now() - startedAt);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${this.options.timeoutMs} ms`)),
        this.options.timeoutMs,
      );
    });
    try {
      await Promise.race([Promise.resolve().then(check), late]);
      return { ok: true, ms: took() };
    } catch (error) {
      return { ok: false, ms: took(), error: error instanceof Error ? error.message : String(error) };
    } finally {
      clearTimeout(timer);
    }
  }
}
