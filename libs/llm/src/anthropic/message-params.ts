import type { MessageCreateParamsStreaming, TextBlockParam } from '@anthropic-ai/sdk/resources/messages';
import type { GenerateRequest } from '@planwright/contracts';
import { systemText, userTextParts } from '../request-text.js';
import { tasksSchema } from '../tasks-schema.js';

/**
 * The body of a call. A prompt that shares a beginning with its siblings is marked at the end of it: everything up to
 * the mark is cached for five minutes, and is found again only where it is the same to the byte. A JSON schema counts as
 * part of it, so prompts with different `output` share nothing.
 */
export function messageParams(request: GenerateRequest): MessageCreateParamsStreaming {
  const [prefix, rest] = userTextParts(request);
  const system = textBlocks(systemText(request));
  const shared = textBlocks(prefix);
  if (request.prefix) markEnd([...system, ...shared]);
  return {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    stream: true,
    ...(system.length > 0 && { system }),
    messages: [{ role: 'user', content: [...shared, ...textBlocks(rest)] }],
    ...(request.output === 'tasks' && { output_config: { format: { type: 'json_schema', schema: tasksSchema() } } }),
  };
}

/** The provider refuses a block that is blank. */
function textBlocks(text: string): TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function markEnd(blocks: readonly TextBlockParam[]): void {
  const last = blocks.at(-1);
  if (last) last.cache_control = { type: 'ephemeral' };
}
