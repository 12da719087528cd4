import type { Script, ScriptedCall } from './script.js';

/** The test's side of a scripted provider that runs in another process. */
export class ScriptedProviderClient {
  constructor(private readonly url: string) {}

  /** Says what the next calls for a section get; the last script stays. */
  async script(sectionId: string, ...plan: Script[]): Promise<void> {
    await this.ask('PUT', `/scripts/${encodeURIComponent(sectionId)}`, plan);
  }

  /** Lets the calls that are held for a section (state `held`) go on. */
  async release(sectionId: string): Promise<void> {
    await this.ask('POST', `/release/${encodeURIComponent(sectionId)}`);
  }

  async reset(): Promise<void> {
    await this.ask('POST', '/reset');
  }

  /** Every call so far, in order. */
  async calls(): Promise<ScriptedCall[]> {
    return (await this.ask('GET', '/calls')) as ScriptedCall[];
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`scripted provider: ${JSON.stringify(answer)}`);
    return answer;
  }
}
