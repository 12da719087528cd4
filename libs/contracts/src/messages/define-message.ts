import { z } from 'zod';
import { instant, uuid } from '../ids.js';

/** A command has one owner and is imperative; a fact is past tense, and the orchestrator's facts are committed. */
export type MessageKind = 'command' | 'fact';

/** Where a message goes: to its one owner's queue, or to everybody who listens. */
export type MessageAudience = 'orchestrator' | 'generator' | 'everyone';

/** What every message carries beside its payload. */
export const envelopeFields = z.object({
  /** Unique per message; a copy delivered twice has the same id. */
  id: uuid,
  name: z.string(),
  version: z.int().positive(),
  occurred_at: instant,
  workspace_id: uuid,
  run_id: uuid.nullable(),
  /** Id of the message or request that caused this one. */
  causation_id: uuid.nullable(),
  /** W3C trace context, or null. */
  traceparent: z.string().max(55).nullable(),
});
export type EnvelopeFields = z.infer<typeof envelopeFields>;

/** A whole message as it travels: envelope and payload. */
export type Message<N extends string = string, P = unknown> = EnvelopeFields & { name: N; payload: P };

/** One declaration per message: type, validator on both sides, routing key, AsyncAPI entry and golden sample. */
export interface MessageDefinition<N extends string = string, S extends z.ZodType = z.ZodType> {
  name: N;
  version: number;
  kind: MessageKind;
  audience: MessageAudience;
  summary: string;
  payload: S;
  /** Schema of the whole message. */
  schema: z.ZodType<Message<N, z.infer<S>>>;
}

/**
 * Declares a message. Additive changes keep the version; anything else is a new version beside the old one.
 * The sample `samples/{name}.v{version}.json` must parse for ever.
 */
export function defineMessage<N extends string, S extends z.ZodType>(declaration: {
  name: N;
  version: number;
  kind: MessageKind;
  audience: MessageAudience;
  summary: string;
  payload: S;
}): MessageDefinition<N, S> {
  const schema = envelopeFields.extend({
    name: z.literal(declaration.name),
    version: z.literal(declaration.version),
    payload: declaration.payload,
  });
  return { ...declaration, schema: schema as unknown as MessageDefinition<N, S>['schema'] };
}

/** The message type a definition describes. */
export type MessageOf<D> = D extends MessageDefinition<infer N, infer S> ? Message<N, z.infer<S>> : never;
