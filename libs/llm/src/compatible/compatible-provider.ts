import type { GenerateRequest, Provider } from '@planwright/contracts';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { callEndpoint, createEndpoint } from '../openai/call-endpoint.js';
import { thinks } from '../reasoning.js';
import { systemText, userText } from '../request-text.js';
import { tasksSchema } from '../tasks-schema.js';
import { createChatReader } from './chat-events.js';
import { classifyCompatible } from './classify.js';

export interface CompatibleOptions {
  /** Where `/chat/completions` follows: `http://127.0.0.1:11434/v1`. */
  baseUrl: string;
  /** None is sent where there is none. */
  apiKey?: string | undefined;
  /** Length of the window that the server's limits count in, default a minute; 10 s for Azure. */
  windowMs?: number | undefined;
}

/** Writes with any server that speaks OpenAI's Chat Completions: Ollama, vLLM, LiteLLM, Azure, Groq, Gemini. */
export function createCompatibleProvider({ baseUrl, apiKey, windowMs }: CompatibleOptions): Provider {
  const endpoint = createEndpoint(baseUrl, { apiKey, windowMs, classify: classifyCompatible });
  return {
    name: 'compatible',
    stream: (request, signal) =>
      callEndpoint(
        endpoint,
        signal,
        () => endpoint.client.chat.completions.create(completionParams(request), { signal }),
        createChatReader(request.model),
      ),
  };
}

function completionParams(request: GenerateRequest): ChatCompletionCreateParamsStreaming {
  return {
    model: request.model,
    messages: [
      { role: 'system', content: systemText(request) },
      { role: 'user', content: userText(request) },
    ],
    // Ollama and older servers know the first alone; models that think, behind Azure, take only the second.
    ...(thinks('compatible', request.model)
      ? { max_completion_tokens: request.maxOutputTokens }
      : { max_tokens: request.maxOutputTokens }),
    stream: true,
    stream_options: { include_usage: true },
    ...(request.output === 'tasks' && {
      response_format: { type: 'json_schema', json_schema: { name: 'tasks', strict: true, schema: tasksSchema() } },
    }),
  };
}
