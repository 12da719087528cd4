import type { z } from 'zod';
import * as commands from './commands.js';
import type { EnvelopeFields, Message, MessageDefinition, MessageOf } from './define-message.js';
import * as facts from './facts.js';
import * as featureFacts from './feature-facts.js';
import * as stepFacts from './step-facts.js';

const { stepClass: _stepClass, ...commandDefinitions } = commands;

/** Every message there is, by name. */
export const MESSAGES = byName([
  ...Object.values(commandDefinitions),
  ...Object.values(stepFacts),
  ...Object.values(facts),
  ...Object.values(featureFacts),
]);

type Definition =
  | (typeof commandDefinitions)[keyof typeof commandDefinitions]
  | (typeof stepFacts)[keyof typeof stepFacts]
  | (typeof facts)[keyof typeof facts]
  | (typeof featureFacts)[keyof typeof featureFacts];

/** Any message of the catalogue, discriminated by `name`. */
export type AnyMessage = MessageOf<Definition>;
export type MessageName = AnyMessage['name'];
/** A payload as its sender writes it: what has a default may be left out. */
type PayloadOf<N extends MessageName> = z.input<Extract<Definition, { name: N }>['payload']>;

/** Largest message on the broker, in bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 256 * 1024;

/** Result of reading a message at the edge: the message, or why it must be parked. */
export type ParsedMessage = { ok: true; message: AnyMessage } | { ok: false; reason: string };

/** Checks size, JSON, name, version and schema of what came from a queue. Never throws. */
export function parseMessage(body: Uint8Array): ParsedMessage {
  if (body.byteLength === 0) return { ok: false, reason: 'empty body' };
  if (body.byteLength > MAX_MESSAGE_BYTES) {
    return { ok: false, reason: `${body.byteLength} bytes; the limit is ${MAX_MESSAGE_BYTES}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    return { ok: false, reason: `not JSON: ${(error as Error).message.slice(0, 200)}` };
  }
  const { name, version } = (value ?? {}) as Partial<EnvelopeFields>;
  const definition = typeof name === 'string' ? MESSAGES.get(name) : undefined;
  if (!definition) return { ok: false, reason: `unknown message name ${JSON.stringify(name)?.slice(0, 100)}` };
  if (version !== definition.version) {
    return {
      ok: false,
      reason: `${name} version ${String(version)}; this release reads version ${definition.version}`,
    };
  }
  const parsed = definition.schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, reason: `${name} breaks its schema at /${issue?.path.join('/')}: ${issue?.message}` };
  }
  return { ok: true, message: parsed.data as AnyMessage };
}

/** What a message carries beside name, version and payload. */
export type Envelope = Omit<EnvelopeFields, 'name' | 'version'>;

/** Builds a message; validates the payload so that a wrong one fails at its sender. */
export function makeMessage<N extends MessageName>(
  name: N,
  payload: PayloadOf<N>,
  envelope: Envelope,
): Extract<AnyMessage, { name: N }> {
  return restoreMessage(name, payload, envelope) as Extract<AnyMessage, { name: N }>;
}

/** The same for a message that was stored: its name and payload are taken at their word only after validation. */
export function restoreMessage(name: string, payload: unknown, envelope: Envelope): AnyMessage {
  const definition = MESSAGES.get(name);
  if (!definition) throw new Error(`no message ${name} in the catalogue`);
  const message: Message = { ...envelope, name, version: definition.version, payload };
  return definition.schema.parse(message) as AnyMessage;
}

/** Routing key: the name, and for `step.generate` the class of its queue. */
export function routingKey(message: AnyMessage): string {
  return message.name === 'step.generate' ? `${message.name}.${message.payload.class}` : message.name;
}

function byName(definitions: readonly MessageDefinition[]): ReadonlyMap<string, MessageDefinition> {
  const map = new Map<string, MessageDefinition>();
  for (const definition of definitions) {
    if (map.has(definition.name)) throw new Error(`message ${definition.name} is declared twice`);
    map.set(definition.name, definition);
  }
  return map;
}
