import type { GenerateRequest, Provider } from '@planwright/contracts';
import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';
import { systemText, userText } from '../request-text.js';
import { tasksSchema } from '../tasks-schema.js';
import { callEndpoint, createEndpoint } from './call-endpoint.js';
import { classify } from './classify.js';
import { createResponseReader } from './response-events.js';

const BASE_URL = 'https://api.openai.com/v1';

export interface OpenAiOptions {
  apiKey: string;
  /** With the version: `https://api.openai.com/v1` is the default. */
  baseUrl?: string | undefined;
  /** Default `openai`. */
  name?: string | undefined;
}

/** Writes with OpenAI's Responses API. */
export function createOpenAiProvider({ apiKey, baseUrl = BASE_URL, name = 'openai' }: OpenAiOptions): Provider {
  const endpoint = createEndpoint(baseUrl, { apiKey, classify });
  return {
    name,
    stream: (request, signal) =>
      callEndpoint(
        endpoint,
        signal,
        () => endpoint.client.responses.create(responseParams(request), { signal }),
        createResponseReader(request.model),
      ),
  };
}

function responseParams(request: GenerateRequest): ResponseCreateParamsStreaming {
  return {
    model: request.model,
    instructions: systemText(request),
    input: [{ role: 'user', content: userText(request) }],
    max_output_tokens: request.maxOutputTokens,
    stream: true,
    // OpenAI would keep it for 30 days otherwise.
    store: false,
    ...(request.prefix && { prompt_cache_key: request.prefix.key }),
    ...(request.output === 'tasks' && {
      text: { format: { type: 'json_schema', name: 'tasks', strict: true, schema: tasksSchema() } },
    }),
  };
}
