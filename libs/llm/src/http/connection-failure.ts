import type { Refusal } from '@planwright/contracts';
import { ProviderFailure } from '@planwright/contracts';
import { NoAnswer } from './patient-fetch.js';

/** What the system says, in words. `HOST` is the host. */
const SENTENCES: readonly [RegExp, string][] = [
  [/^ECONNREFUSED$/, 'HOST refused the connection: nothing listens there'],
  [/^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME)$/, 'the name of HOST could not be looked up'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED)$/, 'the connection to HOST was reset'],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/, 'HOST could not be reached'],
  [/CERT|SIGNATURE|SELF_SIGNED/, 'the certificate of HOST is not trusted'],
  [/^(EPROTO|ERR_SSL_|ERR_TLS_)/, 'no secure connection to HOST could be made'],
  [/^HPE_/, 'HOST did not answer in HTTP'],
];

/**
 * The failure of a connection that could not be made, that broke, or that carried what nobody can read: an event that is
 * not JSON is a damaged stream, and no fault of the model's. Names the host and the system's code and nothing else of
 * the error: its message may quote the address or a header. Null for an error that is none of the connection's.
 */
export function connectionFailure(
  error: unknown,
  host: string,
  refusal: Partial<Refusal> = {},
): ProviderFailure | null {
  const sentence = sentenceOf(error);
  if (sentence === null) return null;
  return new ProviderFailure(
    'connection',
    sentence.replace('HOST', () => host),
    null,
    refusal,
  );
}

function sentenceOf(error: unknown): string | null {
  if (error instanceof SyntaxError) return 'HOST sent an event that is not JSON, or only a part of one';
  const code = codeOf(error);
  if (code !== null) {
    const sentence = SENTENCES.find(([pattern]) => pattern.test(code))?.[1];
    return `${sentence ?? 'the connection to HOST broke'} (${code})`;
  }
  const isUnanswered = error instanceof Error && error.cause instanceof NoAnswer;
  return isUnanswered ? 'HOST gave no answer that can be read' : null;
}

/** The first code among an error, its causes, and the attempts it stands for. */
function codeOf(error: unknown, depth = 0): string | null {
  if (typeof error !== 'object' || error === null || depth > 5) return null;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  const inner = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return inner.map((each) => codeOf(each, depth + 1)).find((found) => found !== null) ?? null;
}
