import { z } from 'zod';
import type { Failure, FailureCode } from './failures.js';
import type { Prompt } from './prompt.js';
import type { OutputFormat } from './statuses.js';
import type { Usage } from './usage.js';
import { usage } from './usage.js';

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
  /** What this prompt has in common with those of its siblings, byte for byte; null where there are none. */
  prefix: PromptPrefix | null;
}

/** The system part and the first parts of the user part, which several prompts share: providers cache them. */
export interface PromptPrefix {
  /** So many parts of `prompt.user` belong to it, from the first on. */
  parts: number;
  /** The same for all prompts that share it, and for no others. */
  key: string;
}

/** A limit as a provider counts it. `tokens` is in and out together. */
export const LIMITED_RESOURCES = ['requests', 'tokens', 'input_tokens', 'output_tokens'] as const;
export type LimitedResource = (typeof LIMITED_RESOURCES)[number];

/** What a provider's answer says about one limit. Amounts are per minute, whatever window the provider counts in. */
export interface SeenLimit {
  resource: LimitedResource;
  limit: number;
  remaining: number;
  /** Milliseconds until `remaining` is `limit` again; null where the answer does not say. */
  resetsInMs: number | null;
}

export type ProviderEvent =
  /** The provider took the request; what its headers say, before the first token. At most once, before any content. */
  | { type: 'accepted'; limits: readonly SeenLimit[]; requestId: string | null }
  | { type: 'content'; text: string }
  /** What the provider has counted so far, should the call be broken off. */
  | { type: 'usage'; usage: Usage }
  /**
   * The provider's own word that it ended; without it a stream is broken, however it ends. `detail` says why where it
   * did not simply stop: the category of a refusal, say.
   */
  | {
      type: 'finished';
      finish: 'stop' | 'length' | 'filtered';
      usage: Usage | null;
      model: string;
      detail?: string | undefined;
    };

/**
 * A writer of text. `stream` calls it once, without retries of its own. It throws `ProviderFailure` for what the provider
 * says, closes the connection at once when `signal` aborts (ending or throwing: the caller knows why it aborted), and
 * sets no time limits: those are the caller's.
 */
export interface Provider {
  readonly name: string;
  stream(request: GenerateRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;
}

/** What else an answer said that refused a call; for the limiter, the log and the ledger. */
export interface Refusal {
  /** Status of the HTTP answer; null for an error within a stream, and where there was no answer. */
  status: number | null;
  /** The provider's own code: `rate_limit_exceeded`, `overloaded_error`. */
  providerCode: string | null;
  requestId: string | null;
  /** The provider minds how fast we became faster, not how fast we are. */
  isRamp: boolean;
  /** Limits named by the answer. */
  limits: readonly SeenLimit[];
  /** What was used before it failed, where the provider reported it. */
  usage: Usage | null;
}

const NOTHING_SAID: Refusal = {
  status: null,
  providerCode: null,
  requestId: null,
  isRamp: false,
  limits: [],
  usage: null,
};

/** Why a provider could not write, as the value that goes to the engine. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';
  readonly failure: Failure;
  readonly refusal: Refusal;

  constructor(code: FailureCode, detail: string, resetsAt: string | null = null, refusal: Partial<Refusal> = {}) {
    super(`${code}: ${detail}`);
    this.failure = { code, detail: detail.slice(0, 2000), resets_at: resetsAt };
    this.refusal = { ...NOTHING_SAID, ...refusal };
  }
}

/** One call to a provider, for the ledger. An attempt has more than one where a fallback was called. */
export const providerCall = z.object({
  provider: z.string(),
  model: z.string(),
  /** `finished`, `stopped` (by us), or the code of its failure. */
  outcome: z.string().max(40),
  /** Null where nothing was used: the provider refused it. */
  usage: usage.nullable(),
  /** Micro-units of the price table's currency; null while no price of the model is known. */
  cost: z.int().nonnegative().nullable(),
  /** The provider's name for the call. */
  request_id: z.string().max(200).nullable(),
});
export type ProviderCall = z.infer<typeof providerCall>;
