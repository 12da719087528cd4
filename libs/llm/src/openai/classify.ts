import type { FailureCode, Refusal, SeenLimit } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import { codeOfStatus } from '../http/code-of-status.js';
import { maskSecrets } from '../http/mask-secrets.js';
import { askedTooMuch, namedLimit } from './named-amounts.js';
import { seenLimits } from './rate-limit-headers.js';
import { resetsInMs } from './resets.js';
import { readSaidError } from './said-error.js';
import type { SaidError } from './said-error.js';

/** What a provider answered instead of a text, or said in the middle of one. */
export interface Refused {
  /** Null for an error within a stream. */
  status: number | null;
  headers: Headers;
  /** The body as it came, or the error of a stream. */
  body: unknown;
  nowMs: number;
  /** The server, for the hint to check its address. */
  host: string;
  /** The key it was called with, should it repeat it. */
  secret?: string | undefined;
  windowMs?: number;
  usage?: Refusal['usage'];
}

/** A `ramp` is a `rate_limited` because of the slope: we became faster too fast. */
type Verdict = FailureCode | 'ramp';

/** One row of a table: all that a row names has to match. The first row that does decides. */
export interface Rule {
  /** The provider's code or type is one of these. */
  said?: readonly string[];
  statuses?: readonly number[];
  text?: RegExp;
  verdict: Verdict;
}

const TOO_LARGE =
  /context[ _]?(?:length|window|size)|maximum context|ContextWindowExceeded|prompt is too long|(?:input|request|prompt) (?:is )?too (?:large|long)|max_tokens is too large|input token count|reduce the length|too many tokens/i;
const FILTERED =
  /content management policy|content[ _]policy|ContentPolicyViolation|content[ _]filter|flagged|safety system|violat\w+ (?:our|the) \w*\s?polic/i;
const NO_CREDIT =
  /exceeded your current quota|billing hard limit|(?:no|insufficient|any|out of|all available) (?:\w+ )?(?:credits?|balance|funds)|credit balance|spending limit|account is not active/i;
const NO_CAPACITY =
  /overloaded|high demand|at capacity|capacity exceeded|over capacity|server (?:is )?busy|currently unavailable/i;

/** OpenAI's codes and types by name, then sentences where neither decides. */
export const OPENAI_RULES: readonly Rule[] = [
  { said: ['slow_down'], verdict: 'ramp' },
  { said: ['insufficient_quota', 'credit_balance_exhausted', 'billing_hard_limit_reached'], verdict: 'billing' },
  { said: ['billing_not_active', 'quota_exceeded', 'billing_error'], verdict: 'billing' },
  {
    said: ['server_is_overloaded', 'engine_overloaded', 'model_overloaded', 'overloaded_error'],
    verdict: 'overloaded',
  },
  { said: ['context_length_exceeded', 'request_too_large', 'string_above_max_length'], verdict: 'too_large' },
  { said: ['content_filter', 'content_policy_violation', 'bio_policy', 'cyber_policy'], verdict: 'content_filtered' },
  { said: ['misalignment_policy_violation', 'image_content_policy_violation'], verdict: 'content_filtered' },
  { said: ['invalid_api_key', 'account_deactivated', 'ip_not_authorized'], verdict: 'auth' },
  { said: ['mismatched_organization', 'mismatched_project', 'invalid_organization'], verdict: 'auth' },
  { said: ['insufficient_permissions', 'unsupported_country_region_territory'], verdict: 'auth' },
  { text: /sudden increase in your request rate/i, verdict: 'ramp' },
  // Before codes that OpenAI gives to full engines, too.
  { text: NO_CAPACITY, verdict: 'overloaded' },
  { said: ['rate_limit_exceeded', 'tokens', 'requests'], verdict: 'rate_limited' },
  { statuses: [400, 402, 403, 429], text: NO_CREDIT, verdict: 'billing' },
  { statuses: [400, 413, 422], text: TOO_LARGE, verdict: 'too_large' },
  { statuses: [400, 403, 422], text: FILTERED, verdict: 'content_filtered' },
  { statuses: [400], text: /must be verified|incorrect api key|api key not valid|invalid api key/i, verdict: 'auth' },
];

/** Which status an error within a stream would have had. */
const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_prompt: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  rate_limit_error: 429,
  server_error: 500,
  api_error: 500,
  service_unavailable_error: 503,
};

/** The failure of an answer: its words by the table, then its status; unknown is `server_error`, with the raw code kept. */
export function classify(refused: Refused, rules: readonly Rule[] = OPENAI_RULES): ProviderFailure {
  const said = readSaidError(refused.body);
  const { headers, nowMs } = refused;
  const verdict = judge(said, statusOf(refused, said), rules);
  const code = verdict === 'ramp' ? 'rate_limited' : verdict;
  const waits = code === 'rate_limited' || code === 'overloaded';
  const waitMs = waits ? resetsInMs(headers, said, nowMs) : null;
  const resetsAt = waitMs === null ? null : new Date(nowMs + waitMs).toISOString();
  return new ProviderFailure(code, detailOf(refused, said), resetsAt, {
    status: refused.status,
    providerCode: said.code ?? said.type,
    requestId: requestIdOf(headers),
    isRamp: verdict === 'ramp',
    limits: limitsOf(refused, said),
    usage: refused.usage ?? null,
  });
}

function judge(said: SaidError, status: number | null, rules: readonly Rule[]): Verdict {
  const names = [said.code, said.type].flatMap((name) => (name === null ? [] : [name.toLowerCase()]));
  const matching = rules.find(
    (rule) =>
      (rule.said === undefined || rule.said.some((name) => names.includes(name))) &&
      (rule.statuses === undefined || (status !== null && rule.statuses.includes(status))) &&
      (rule.text === undefined || rule.text.test(said.message)),
  );
  const verdict = matching?.verdict ?? codeOfStatus(status);
  // A request that alone is more than the limit is not helped by waiting, whatever it is called.
  return verdict === 'rate_limited' && askedTooMuch(said.message) ? 'too_large' : verdict;
}

/** An answer's own status, unless it came with a good one. */
function statusOf({ status }: Refused, said: SaidError): number | null {
  if (status !== null && status >= 300) return status;
  return said.status ?? STATUS_OF[said.code ?? ''] ?? STATUS_OF[said.type ?? ''] ?? status;
}

function detailOf({ status, headers, host, secret }: Refused, said: SaidError): string {
  const name = said.code ?? said.type;
  const answer = [status === null ? 'in the stream' : String(status), ...(name === null ? [] : [name])].join(' ');
  const sizes = askedTooMuch(said.message);
  const parts = [
    sizes ? `${sizes.asked} tokens were asked for where ${sizes.fits} fit. ` : '',
    `${answer}: ${sentence(said.message || unsaid(status))}`,
    isWrongAddress(status, said)
      ? ` Check the base URL of ${host}: it should end where /responses or /chat/completions begins, mostly in /v1.`
      : '',
  ];
  const requestId = requestIdOf(headers);
  const detail = maskSecrets(parts.join(''), secret);
  return requestId === null ? detail : `${detail} (request ${requestId})`;
}

function unsaid(status: number | null): string {
  return status !== null && status < 300 ? 'no stream of events, but something else' : 'nothing more was said';
}

function sentence(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim();
  const short = line.length > 1000 ? `${line.slice(0, 1000)}…` : line;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** A page, a redirect, or a path nobody knows, instead of an API's error. */
function isWrongAddress(status: number | null, said: SaidError): boolean {
  if (status === null) return false;
  if (said.isHtml) return status < 400 || status === 404 || status === 405;
  return (
    status < 400 ||
    ((status === 404 || status === 405) && said.code === null && said.type === null && !/model/i.test(said.message))
  );
}

/** The headers' word for a limit, and the sentence's for those they do not mention. */
function limitsOf({ headers, windowMs = 60_000 }: Refused, said: SaidError): SeenLimit[] {
  const limits = seenLimits(headers, { windowMs });
  const named = namedLimit(said.message);
  if (named === null || limits.some((limit) => limit.resource === named.resource)) return limits;
  return [...limits, named];
}

export function requestIdOf(headers: Headers): string | null {
  const names = [
    'x-request-id',
    'apim-request-id',
    'x-ms-request-id',
    'x-groq-request-id',
    'x-litellm-call-id',
    'cf-ray',
  ];
  const id = names.map((name) => headers.get(name)).find((value) => value !== null && value !== '');
  return id?.slice(0, 200) ?? null;
}
