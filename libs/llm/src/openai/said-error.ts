/** What an answer that refused said about it, whoever said it in whatever shape. */
export interface SaidError {
  /** The provider's word for it: never a number. */
  code: string | null;
  type: string | null;
  message: string;
  /** A number given for a code: the status that an error within a stream would have had. */
  status: number | null;
  /** Google's `RetryInfo.retryDelay`: `46s`. */
  retryDelay: string | null;
  isHtml: boolean;
}

/**
 * Reads the body of a refusal. The SDK keeps only what is under `error` in an object, so that these would be lost:
 * Google's list of one error, vLLM's and Mistral's bare object, xAI's `{code, error: "sentence"}`, FastAPI's `detail`,
 * plain text, and pages of proxies.
 */
export function readSaidError(body: unknown): SaidError {
  if (typeof body !== 'string') return fromValue(body, 0);
  const text = body.trim();
  if (/^<(?:!doctype|html|head|body)\b/i.test(text)) {
    const title = /<title[^>]*>([^<]*)</i.exec(text)?.[1]?.trim();
    return { ...nothing(title ?? ''), isHtml: true };
  }
  try {
    return fromValue(JSON.parse(text), 0);
  } catch {
    return nothing(text);
  }
}

function nothing(message: string): SaidError {
  return { code: null, type: null, message, status: null, retryDelay: null, isHtml: false };
}

/** Errors within errors: relays put the body they got, as text, into the message of theirs. */
const MAX_DEPTH = 4;

function fromValue(value: unknown, depth: number): SaidError {
  if (typeof value === 'string') return depth < MAX_DEPTH ? fromText(value, depth) : nothing(value);
  const outer = Array.isArray(value) ? (value[0] as unknown) : value;
  if (!isObject(outer)) return nothing('');
  // The error, or a bare object that is one itself; xAI has a sentence where others have the error.
  const inner = isObject(outer.error) ? outer.error : outer;
  const said = firstText(inner.message, inner.error, inner.detail, inner.error_description);
  const nested = depth < MAX_DEPTH ? fromText(said ?? '', depth) : nothing(said ?? '');
  const codes = [nested.code, inner.code, inner.status, outer.code];
  return {
    code: firstWord(...codes),
    type: firstWord(inner.type, nested.type),
    message: nested.message === '' && said === null ? spelled(inner.detail) : nested.message,
    status: firstStatus(inner.code, inner.status, outer.status, nested.status),
    retryDelay: retryDelayOf(inner.details) ?? nested.retryDelay,
    isHtml: false,
  };
}

function fromText(text: string, depth: number): SaidError {
  if (/^\s*[[{]/.test(text)) {
    try {
      const within = fromValue(JSON.parse(text), depth + 1);
      if (within.message !== '') return within;
    } catch {
      // Only looked like JSON.
    }
  }
  return nothing(text.trim());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstText(...values: unknown[]): string | null {
  return values.find((value): value is string => typeof value === 'string' && value !== '') ?? null;
}

/** The first that is a name; LiteLLM says `"429"` and `"None"`. */
function firstWord(...values: unknown[]): string | null {
  const isWord = (value: unknown): value is string =>
    typeof value === 'string' && value !== '' && !/^(\d+|none|null|error)$/i.test(value);
  return values.find(isWord)?.slice(0, 100) ?? null;
}

function firstStatus(...values: unknown[]): number | null {
  const numbers = values.map((value) => (typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value));
  const isStatus = (value: unknown): value is number => typeof value === 'number' && value >= 300 && value < 600;
  return numbers.find(isStatus) ?? null;
}

/** FastAPI's list of what is wrong with each field. */
function spelled(detail: unknown): string {
  return detail === undefined ? '' : JSON.stringify(detail);
}

function retryDelayOf(details: unknown): string | null {
  if (!Array.isArray(details)) return null;
  const info = details.find((detail) => isObject(detail) && typeof detail.retryDelay === 'string') as
    { retryDelay: string } | undefined;
  return info?.retryDelay ?? null;
}
