import { failure, usage } from '@planwright/contracts';
import type { OutputFormat } from '@planwright/contracts';
import { z } from 'zod';

/**
 * What a generator in a process of its own and the stand-in for a model provider say to each other over HTTP: one POST a
 * call with a `CallRequest`; the answer is 200 with one JSON object a line, or a status of 400 and more with a `failure`.
 * A stream without the line `finished` was cut, as with a real provider.
 */
export interface CallRequest {
  /** Which process calls. */
  caller: string;
  document: string;
  sectionId: string;
  output: OutputFormat;
  title: string;
  model: string;
  system: string;
  user: string;
  /** Why an earlier try was no use. */
  repair: string | null;
}

export const answerLine = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('content'), text: z.string() }),
  z.strictObject({
    type: z.literal('finished'),
    finish: z.enum(['stop', 'length', 'filtered']),
    usage: usage.nullable(),
    model: z.string(),
  }),
]);
export type AnswerLine = z.infer<typeof answerLine>;

export const refusal = failure;
