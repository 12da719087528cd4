import type { ProviderFailure } from '@planwright/contracts';
import type { Refused, Rule } from '../openai/classify.js';
import { classify, OPENAI_RULES } from '../openai/classify.js';

/** What servers that speak OpenAI's protocol say in other words; they come before OpenAI's. */
const COMPATIBLE_RULES: readonly Rule[] = [
  // Google: a quota of none is not waited for. Its other sentence about quotas is OpenAI's for an empty account.
  { said: ['resource_exhausted'], text: /\blimit: 0\b/, verdict: 'billing' },
  { said: ['resource_exhausted'], text: /prepayment|depleted|spend(?:ing)? cap/i, verdict: 'billing' },
  { said: ['resource_exhausted'], verdict: 'rate_limited' },
  { said: ['unavailable', 'loading'], verdict: 'overloaded' },
  { said: ['unauthenticated', 'permission_denied', 'auth_error', 'token_not_found_in_db'], verdict: 'auth' },
  { said: ['deadline_exceeded'], verdict: 'timeout' },
  // LiteLLM: its own budgets, and a router without a deployment.
  { said: ['budget_exceeded'], verdict: 'billing' },
  { text: /budget has been exceeded|crossed budget|over budget/i, verdict: 'billing' },
  { statuses: [429], text: /no deployments available/i, verdict: 'rate_limited' },
  { text: /APITimeoutError|litellm\.Timeout\b/, verdict: 'timeout' },
  // Azure: larger than the whole budget.
  { statuses: [429], text: /token budget exceeded by request parameters/i, verdict: 'too_large' },
  { said: ['responsibleaipolicyviolation', 'contentfilter'], verdict: 'content_filtered' },
  { said: ['deploymentnotfound'], verdict: 'invalid_request' },
  { said: ['exceed_context_size_error', 'tokens_limit_reached'], verdict: 'too_large' },
  { said: ['model_rate_limit', 'rate_limited', 'throttling_error'], verdict: 'rate_limited' },
  // Ollama: waiting does not give a machine more memory.
  { text: /requires more system memory/i, verdict: 'invalid_request' },
];

/** As OpenAI's answers are judged, with the words of those who speak its protocol. */
export function classifyCompatible(refused: Refused): ProviderFailure {
  return classify(refused, [...COMPATIBLE_RULES, ...OPENAI_RULES]);
}
