import type { GenerateRequest } from '@planwright/contracts';
import { promptText } from '@planwright/contracts';

/** The text of the system role: ours alone, so a repair, which may quote what a model wrote, is never in it. */
export function systemText(request: GenerateRequest): string {
  return promptText(request.prompt.system);
}

/** The text of the user role: the exact prompt, and behind it what was wrong with the last answer, if this is a repair. */
export function userText(request: GenerateRequest): string {
  return userTextParts(request).join('');
}

/**
 * The user text in two: what it has in common with its siblings, '' where there is nothing, and the rest. A cache of
 * prefixes needs the first one to the byte, which is why a repair changes the end only.
 */
export function userTextParts(request: GenerateRequest): [prefix: string, rest: string] {
  const shared = request.prefix?.parts ?? 0;
  const { user } = request.prompt;
  return [promptText(user.slice(0, shared)), promptText(user.slice(shared)) + repairText(request)];
}

function repairText({ repair }: GenerateRequest): string {
  if (repair === null) return '';
  const wrong = repair.detail.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  const shorter = repair.code === 'truncated' ? ' Write more briefly this time, so that it ends within the limit.' : '';
  return (
    `\n\nYour last answer to this could not be used (${repair.code}): ${wrong}. Answer anew and in full, from the` +
    ` beginning, without this fault.${shorter} Do not mention the last answer.\n`
  );
}
