/**
 * What each API takes at the top of a body; anything else is refused with 400, as the providers do. Read from the types
 * of openai 7.57.0 and @anthropic-ai/sdk 1.12.0, with Anthropic's `temperature`, `top_k` and `top_p`, which older models
 * still take.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const RESPONSES_PARAMETERS = words(`
  access_programs background context_management conversation image include input instructions max_output_tokens
  max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key
  prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options
  temperature text tool_choice tools top_logprobs top_p truncation user
`);

export const CHAT_PARAMETERS = words(`
  messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
  metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key
  prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop
  store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options
`);

export const MESSAGES_PARAMETERS = words(`
  max_tokens messages model cache_control container diagnostics inference_geo metadata output_config service_tier speed
  stop_sequences stream system temperature thinking tool_choice tools top_k top_p user_profile_id workspace_id
`);
