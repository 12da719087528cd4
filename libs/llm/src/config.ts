import { durationMsField, jsonField, secretField, urlField } from '@planwright/runtime';
import type { FallbacksSetting } from './fallbacks.js';
import { fallbacksSetting } from './fallbacks.js';

/** Variables of the processes that call providers. */
export const llmFields = {
  OPENAI_API_KEY: secretField({ description: 'Key of the OpenAI account; without it openai is not offered.' }),
  OPENAI_BASE_URL: urlField(['http', 'https'], { description: 'Where OpenAI answers, if not at its own address.' }),
  ANTHROPIC_API_KEY: secretField({ description: 'Key of the Anthropic account; without it anthropic is not offered.' }),
  ANTHROPIC_BASE_URL: urlField(['http', 'https'], {
    description: 'Where Anthropic answers, if not at its own address.',
  }),
  PLANWRIGHT_COMPATIBLE_BASE_URL: urlField(['http', 'https'], {
    description:
      'A server with an OpenAI-style chat API, up to /v1: Ollama, vLLM, LiteLLM, Azure; offered as compatible.',
  }),
  PLANWRIGHT_COMPATIBLE_API_KEY: secretField({ description: 'Its key, if it asks for one.' }),
  PLANWRIGHT_FALLBACKS: jsonField<FallbacksSetting, { default: FallbacksSetting; description: string }>(
    fallbacksSetting,
    { default: {}, description: 'Models to call in place of one that fails before its first word; see limits.md.' },
  ),
  PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: durationMsField({
    default: 300,
    max: 600_000,
    description: 'Time the offline writer takes before its first words.',
  }),
  PLANWRIGHT_OFFLINE_CHUNK_MS: durationMsField({
    default: 20,
    max: 60_000,
    description: 'Time the offline writer takes between two pieces of text; 0 writes as fast as it can.',
  }),
};

/** Configuration of the providers; `llmFields` reads it from the environment. */
export interface LlmConfig {
  OPENAI_API_KEY: string | undefined;
  OPENAI_BASE_URL: string | undefined;
  ANTHROPIC_API_KEY: string | undefined;
  ANTHROPIC_BASE_URL: string | undefined;
  PLANWRIGHT_COMPATIBLE_BASE_URL: string | undefined;
  PLANWRIGHT_COMPATIBLE_API_KEY: string | undefined;
  PLANWRIGHT_FALLBACKS: FallbacksSetting;
  PLANWRIGHT_OFFLINE_FIRST_CHUNK_MS: number;
  PLANWRIGHT_OFFLINE_CHUNK_MS: number;
}
