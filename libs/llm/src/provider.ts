import type { Failure, FailureCode, OutputFormat, Prompt, Usage } from '@planwright/contracts';

/** One call: what the generator was told in `step.generate`, without what only the engine needs. */
export interface GenerateRequest {
  prompt: Prompt;
  model: string;
  output: OutputFormat;
  /** Length asked for, in words. Models keep it roughly; nothing is cut to it. */
  words: { min: number; target: number; max: number };
  maxOutputTokens: number;
  /** Title of the section; the text does not repeat it. */
  title: string;
  /** Kind of the document: `prd`, `tech_spec`, `task_set` or a team's own. */
  document: string;
  sectionId: string;
  /** Why an earlier try was no use, for the one repair. */
  repair: { code: string; detail: string } | null;
}

export type ProviderEvent =
  | { type: 'content'; text: string }
  /** The provider's own word that it ended; without it a stream is broken, however it ends. */
  | { type: 'finished'; finish: 'stop' | 'length' | 'filtered'; usage: Usage | null; model: string };

/**
 * A writer of text. `stream` calls it once, without retries of its own. It throws `ProviderFailure` for what the provider
 * says, closes the connection at once when `signal` aborts (ending or throwing: the caller knows why it aborted), and
 * sets no time limits: those are the caller's.
 */
export interface Provider {
  readonly name: string;
  stream(request: GenerateRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
}

/** Why a provider could not write, as the value that goes to the engine. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  readonly failure: Failure;

  constructor(code: FailureCode, detail: string, resetsAt: string | null = null) {
    super(`${code}: ${detail}`);
    this.failure = { code, detail: detail.slice(0, 2000), resets_at: resetsAt };
  }
}
