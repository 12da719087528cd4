import { chatFrames } from './chat-frames.js';
import type { ErrorName } from './errors.js';
import { messagesFrames } from './messages-frames.js';
import type { Api, RequestFacts } from './read-request.js';
import { responsesFrames } from './responses-frames.js';

/** What an answer is about, before it is written. */
export interface Answered {
  facts: RequestFacts;
  cachedInputTokens: number;
  cacheWriteTokens: number;
  /** Thought before the text, and counted as output. */
  reasoningTokens: number;
  /** The model declines: its text is a refusal. */
  isRefusal: boolean;
  /** Azure's chat begins with a chunk that has no choices. */
  isAzure: boolean;
  number: number;
}

/** `filtered`: the provider cut in. `refusal`: the model itself declined. */
export type Finish = 'stop' | 'length' | 'filtered' | 'refusal';

/** The event stream of one API, as text. */
export interface Frames {
  /** Sent with the headers. */
  accepted(): string;
  /** Sent before the first piece. */
  opening(): string;
  piece(text: string): string;
  /** All that comes after the last piece. `outputTokens` includes what was thought. */
  ending(finish: Finish, text: string, outputTokens: number): string;
  /** An error in the stream; the answer ends with it. */
  error(name: ErrorName, as: 'error' | 'failed'): string;
  keepAlive(): string;
}

export function createFrames(api: Api, answered: Answered): Frames {
  return { responses: responsesFrames, chat: chatFrames, messages: messagesFrames }[api](answered);
}
