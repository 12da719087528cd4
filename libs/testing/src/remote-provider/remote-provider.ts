import type { GenerateRequest, Provider, ProviderEvent } from '@planwright/contracts';
import { promptText, ProviderFailure } from '@planwright/contracts';
import { answerLine, refusal } from './wire.js';
import type { CallRequest } from './wire.js';

/** Stands in for a model provider in a generator that a test may kill: texts and books are another process's. */
export class RemoteProvider implements Provider {
  readonly name = 'remote';

  /** `url` is of a `ProviderLedger`; `caller` names this process there. */
  constructor(private readonly options: { url: string; caller: string }) {}

  async *stream(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    const response = await this.reach(() =>
      fetch(this.options.url, { method: 'POST', body: JSON.stringify(this.callOf(request)), signal }),
    );
    if (!response.ok || !response.body) {
      const said = refusal.safeParse(await response.json().catch(() => null)).data;
      throw new ProviderFailure(
        said?.code ?? 'server_error',
        said?.detail ?? `answered ${response.status}`,
        said?.resets_at,
      );
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    try {
      for (;;) {
        const { done, value } = await this.reach(() => reader.read());
        if (done) return;
        const lines = (text + value).split('\n');
        text = lines.pop() ?? '';
        for (const line of lines) yield read(line);
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  /** A connection that fails is told as a client of a real provider tells it. */
  private async reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw new ProviderFailure('connection', error instanceof Error ? error.message : String(error));
    }
  }

  private callOf({ document, sectionId, output, title, model, prompt, repair }: GenerateRequest): CallRequest {
    return {
      caller: this.options.caller,
      ...{ document, sectionId, output, title, model },
      system: promptText(prompt.system),
      user: promptText(prompt.user),
      repair: repair?.code ?? null,
    };
  }
}

function read(line: string): ProviderEvent {
  try {
    return answerLine.parse(JSON.parse(line));
  } catch {
    throw new ProviderFailure('malformed', `sent a line that cannot be read, of ${line.length} characters`);
  }
}
