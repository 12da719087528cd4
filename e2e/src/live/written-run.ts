import type { RunEventBody } from '@planwright/contracts';
import { runChannel } from '@planwright/contracts';
import type { LiveLog } from '@planwright/live';
import { sha256 } from '../transcript.js';

/** Writes the live log of one run as orchestrator and generator do, with nothing stored behind it. */
export class WrittenRun {
  readonly channel: string;
  /** Texts so far of all sections, finished or not. */
  readonly texts = new Map<string, string>();
  private readonly attempts = new Map<string, number>();
  private facts = 0;

  constructor(
    private readonly live: LiveLog,
    readonly id: string,
    readonly documentId: string,
  ) {
    this.channel = runChannel(id);
  }

  async stage(sections: string[]): Promise<void> {
    const { run_id, document, document_id } = this.at('');
    await this.fact({ type: 'stage', run_id, document, document_id, stage: 1, sections });
  }

  async start(section: string): Promise<void> {
    const attempt = (this.attempts.get(section) ?? 0) + 1;
    this.attempts.set(section, attempt);
    this.texts.set(section, '');
    await this.append({ type: 'section_started', ...this.at(section), attempt });
  }

  async write(section: string, content: string): Promise<void> {
    const text = this.texts.get(section) ?? '';
    this.texts.set(section, text + content);
    const attempt = this.attempts.get(section) ?? 1;
    await this.append({ type: 'chunk', ...this.at(section), attempt, offset: text.length, content });
  }

  async progress(done: number, total: number): Promise<void> {
    const { run_id, document, document_id } = this.at('');
    const body = { sections_completed: done, sections_total: total, eta_seconds: null };
    await this.fact({ type: 'progress', run_id, document, document_id, ...body });
  }

  async complete(section: string): Promise<void> {
    const content = this.texts.get(section) ?? '';
    const proof = { title: section, content, length: content.length, sha256: sha256(content) };
    const attempt = this.attempts.get(section) ?? 1;
    await this.fact({ type: 'section_complete', ...this.at(section), attempt, ...proof });
  }

  async end(): Promise<void> {
    await this.fact({ type: 'complete', run_id: this.id, prd_id: this.documentId, error: null, problem: null });
  }

  private async append(body: Parameters<LiveLog['appendSection']>[1]): Promise<void> {
    const answer = await this.live.appendSection(this.channel, body, null);
    if (answer.status !== 'ok') throw new Error(`the log of run ${this.id} answered ${answer.status}`);
  }

  private async fact(body: RunEventBody): Promise<void> {
    this.facts += 1;
    await this.live.appendFacts(this.channel, [{ n: this.facts, at: new Date().toISOString(), body }]);
  }

  private at(section_id: string) {
    return { run_id: this.id, document: 'prd', document_id: this.documentId, section_id };
  }
}
