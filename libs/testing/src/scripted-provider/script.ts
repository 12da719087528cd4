import { failure } from '@planwright/contracts';
import { z } from 'zod';

/** What the scripted provider does when it is asked for a section. Everything has a default: a short, finished text. */
export const script = z.strictObject({
  /** The text; default one sentence about the section, or a valid task list where tasks are asked for. */
  text: z.string().optional(),
  /** The pieces it comes in; default words. Instead of `text`. */
  chunks: z.array(z.string()).optional(),
  /** Says at once that it took the call, as a provider's headers do. */
  accepts: z.boolean().default(false),
  /** Wait before the first piece, in milliseconds. */
  firstDelayMs: z.int().nonnegative().default(0),
  /** Wait between two pieces, in milliseconds. */
  delayMs: z.int().nonnegative().default(0),
  /** Stops after so many pieces until the test releases the section. */
  holdAfter: z.int().nonnegative().optional(),
  /** Pieces that are sent before the end takes effect; default all. */
  pieces: z.int().nonnegative().optional(),
  /**
   * `stop`, `length` and `filtered` are the provider's end marks; `silence` ends the stream without one; `hang` never
   * ends; `throw` is a bug of a client; a failure is thrown as the provider's own.
   */
  end: z.union([z.enum(['stop', 'length', 'filtered', 'silence', 'hang', 'throw']), failure]).default('stop'),
});
/** A script as a test writes it. */
export type Script = z.input<typeof script>;
export type ParsedScript = z.infer<typeof script>;

/** Scripts for the calls of one section, in order; the last one serves all further calls. */
export const scripts = z.array(script).min(1);

/** One call the provider got. */
export interface ScriptedCall {
  /** 1, 2, … over all sections. */
  number: number;
  sectionId: string;
  document: string;
  model: string;
  /** The exact prompt. */
  system: string;
  user: string;
  repair: { code: string; detail: string } | null;
  /** Pieces sent so far. */
  pieces: number;
  /** When the first piece was sent, in milliseconds since 1970; null before it. */
  firstPieceAt: number | null;
  /** `held` while it waits to be released, `aborted` when the caller closed the connection. */
  state: 'open' | 'held' | 'ended' | 'aborted';
}
