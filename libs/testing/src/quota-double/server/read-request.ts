import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { CacheablePrefix } from '../prefix-cache.js';
import { CHAT_PARAMETERS, MESSAGES_PARAMETERS, RESPONSES_PARAMETERS } from './parameters.js';
import { schemaProblem } from './schema-rules.js';

/** The three ways to ask: OpenAI's Responses and Chat Completions, Anthropic's Messages. */
export type Api = 'responses' | 'chat' | 'messages';

/** What a request asks for. */
export interface RequestFacts {
  model: string;
  /** All of the prompt, as one text. */
  prompt: string;
  /** By `countTokens` of the double: four characters a token, rounded up, unless it is given another count. */
  inputTokens: number;
  /** Null where the request sets none. */
  maxOutputTokens: number | null;
  /** The JSON schema the answer has to fit; `true` for any JSON; null for text. */
  schema: object | true | null;
  /** Of a chat: whether the stream ends with a chunk of usage. Other APIs always report it. */
  includesUsage: boolean;
  prefixes: readonly CacheablePrefix[];
}

export type ReadRequest = { ok: true; facts: RequestFacts } | { ok: false; message: string };

const tokensOf = (text: string): number => Math.ceil(text.length / 4);

/** Reads a body as its provider does: strictly, and saying what is wrong with it. */
export function readRequest(api: Api, body: unknown, countTokens?: (text: string) => number): ReadRequest {
  const read = readBody(api, body);
  return read.ok && countTokens ? { ok: true, facts: recounted(read.facts, countTokens) } : read;
}

function recounted(facts: RequestFacts, countTokens: (text: string) => number): RequestFacts {
  const inputTokens = Math.ceil(countTokens(facts.prompt));
  const factor = inputTokens / Math.max(1, facts.inputTokens);
  const prefixes = facts.prefixes.map(({ key, tokens }) => ({ key, tokens: Math.floor(tokens * factor) }));
  return { ...facts, inputTokens, prefixes };
}

function readBody(api: Api, body: unknown): ReadRequest {
  const known = { responses: RESPONSES_PARAMETERS, chat: CHAT_PARAMETERS, messages: MESSAGES_PARAMETERS }[api];
  const unknown = typeof body === 'object' && body !== null ? Object.keys(body).find((key) => !known.has(key)) : null;
  if (unknown != null) return { ok: false, message: `Unknown parameter: '${unknown}'.` };
  const read = { responses: readResponses, chat: readChat, messages: readMessages }[api];
  const parsed = read(body);
  if (!parsed.ok || parsed.facts.schema === null || parsed.facts.schema === true) return parsed;
  const problem = schemaProblem(parsed.facts.schema, api === 'messages' ? 'anthropic' : 'openai');
  return problem === null ? parsed : { ok: false, message: `Invalid schema: ${problem}` };
}

const streamed = z.literal(true, { error: 'this double only streams: stream has to be true' });
const openAiText = (type: string) =>
  z.union([z.string(), z.array(z.looseObject({ type: z.literal(type), text: z.string() }))]);
const jsonObject = z.looseObject({ type: z.literal('json_object') });
const plainText = z.looseObject({ type: z.literal('text') });
const schemaFields = { name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/), schema: z.looseObject({}) };
const cacheKey = z.string().max(1024).nullish();

const responsesBody = z.looseObject({
  model: z.string().min(1),
  stream: streamed,
  instructions: z.string().nullish(),
  input: z.union([
    z.string(),
    z.array(
      z.looseObject({
        role: z.enum(['system', 'developer', 'user', 'assistant']),
        content: openAiText('input_text'),
      }),
    ),
  ]),
  max_output_tokens: z.int().min(16).nullish(),
  prompt_cache_key: cacheKey,
  text: z
    .looseObject({
      format: z
        .discriminatedUnion('type', [
          plainText,
          jsonObject,
          z.looseObject({ type: z.literal('json_schema'), ...schemaFields, strict: z.boolean().nullish() }),
        ])
        .optional(),
    })
    .optional(),
});

function readResponses(body: unknown): ReadRequest {
  const parsed = responsesBody.safeParse(body);
  if (!parsed.success) return wrong(parsed.error);
  const { model, instructions, input, max_output_tokens, text, prompt_cache_key } = parsed.data;
  const messages = typeof input === 'string' ? [input] : input.map(({ content }) => textOf(content));
  const { format } = text ?? {};
  const schema = format?.type === 'json_schema' ? format.schema : format?.type === 'json_object' ? true : null;
  const prompt = [instructions ?? '', ...messages].join('');
  const maxOutputTokens = max_output_tokens ?? null;
  return facts({ model, prompt, maxOutputTokens, schema, prefixes: openAiPrefixes(model, prompt, prompt_cache_key) });
}

const chatBody = z.looseObject({
  model: z.string().min(1),
  stream: streamed,
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  messages: z
    .array(z.looseObject({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: openAiText('text') }))
    .min(1),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  prompt_cache_key: cacheKey,
  response_format: z
    .discriminatedUnion('type', [
      plainText,
      jsonObject,
      z.looseObject({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({ ...schemaFields, strict: z.boolean().nullish() }),
      }),
    ])
    .optional(),
});

function readChat(body: unknown): ReadRequest {
  const parsed = chatBody.safeParse(body);
  if (!parsed.success) return wrong(parsed.error);
  const { model, messages, max_tokens, max_completion_tokens, response_format, prompt_cache_key } = parsed.data;
  if (max_tokens != null && max_completion_tokens != null) {
    return { ok: false, message: 'max_tokens and max_completion_tokens must not both be set.' };
  }
  const format = response_format;
  const schema =
    format?.type === 'json_schema' ? format.json_schema.schema : format?.type === 'json_object' ? true : null;
  const prompt = messages.map(({ content }) => textOf(content)).join('');
  return facts({
    ...{ model, prompt, schema, maxOutputTokens: max_completion_tokens ?? max_tokens ?? null },
    includesUsage: parsed.data.stream_options?.include_usage === true,
    prefixes: openAiPrefixes(model, prompt, prompt_cache_key),
  });
}

const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() }).nullish();
const block = z.looseObject({
  type: z.literal('text'),
  text: z.string().min(1, { error: 'text content blocks must be non-empty' }),
  cache_control: cacheControl,
});
const blocks = z.union([z.string().min(1), z.array(block).min(1)]);
const messagesBody = z.looseObject({
  model: z.string().min(1),
  stream: streamed,
  max_tokens: z.int().min(1),
  system: z.union([z.string(), z.array(block)]).optional(),
  messages: z.array(z.looseObject({ role: z.enum(['user', 'assistant']), content: blocks })).min(1),
  output_config: z
    .looseObject({
      format: z.strictObject({ type: z.literal('json_schema'), schema: z.looseObject({}) }).nullish(),
    })
    .optional(),
});

function readMessages(body: unknown): ReadRequest {
  const parsed = messagesBody.safeParse(body);
  if (!parsed.success) return wrong(parsed.error);
  const { model, system, messages, max_tokens, output_config } = parsed.data;
  if (messages[0]?.role !== 'user') return { ok: false, message: 'messages: first message must use the "user" role' };
  const all = [system ?? [], ...messages.map(({ content }) => content)].flatMap(blocksOf);
  if (all.filter(({ cache_control }) => cache_control).length > 4) {
    return { ok: false, message: 'A maximum of 4 blocks with cache_control may be provided.' };
  }
  let prompt = '';
  const prefixes: CacheablePrefix[] = [];
  for (const { text, cache_control } of all) {
    prompt += text;
    if (cache_control) prefixes.push({ key: hash(model, prompt), tokens: tokensOf(prompt) });
  }
  return facts({ model, prompt, maxOutputTokens: max_tokens, schema: output_config?.format?.schema ?? null, prefixes });
}

type Block = Pick<z.infer<typeof block>, 'text' | 'cache_control'>;

function blocksOf(content: string | readonly Block[]): readonly Block[] {
  return typeof content === 'string' ? [{ text: content }] : content;
}

function facts(known: Omit<RequestFacts, 'inputTokens' | 'includesUsage'> & { includesUsage?: boolean }): ReadRequest {
  return { ok: true, facts: { includesUsage: true, ...known, inputTokens: tokensOf(known.prompt) } };
}

function textOf(content: string | readonly { text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function wrong(error: z.ZodError): ReadRequest {
  const [issue] = error.issues;
  return { ok: false, message: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` };
}

/** OpenAI caches by itself, in steps of 128 tokens, where `prompt_cache_key` routes calls together. */
function openAiPrefixes(model: string, prompt: string, key: string | null | undefined): CacheablePrefix[] {
  const prefixes: CacheablePrefix[] = [];
  const running = createHash('sha256').update(`${model}\n${key ?? ''}\n`);
  const step = 128 * 4;
  for (let at = 0; at + step <= prompt.length; at += step) {
    running.update(prompt.slice(at, at + step));
    prefixes.push({ key: running.copy().digest('base64'), tokens: (at + step) / 4 });
  }
  return prefixes;
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('base64');
}
