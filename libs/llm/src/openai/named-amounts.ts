import type { SeenLimit } from '@planwright/contracts';
import { durationMs } from '../http/header-values.js';

const AMOUNT = String.raw`~?(\d[\d,]*)`;

/** Sentences that name a limit and what was asked for, in this order where not said otherwise. */
const ASKED_AND_FITS: readonly { text: RegExp; askedFirst?: true }[] = [
  { text: new RegExp(String.raw`Limit:? ${AMOUNT}\b.*?Requested:? ${AMOUNT}`, 's') },
  {
    text: new RegExp(
      String.raw`maximum context length is ${AMOUNT} tokens.*?(?:you requested(?: about)?|resulted in|contains at least) ${AMOUNT}`,
      's',
    ),
  },
  {
    text: new RegExp(
      String.raw`(?:input token count|prompt is too long:?) \(?${AMOUNT}.*?(?:allowed|>) \(?${AMOUNT}`,
      's',
    ),
    askedFirst: true,
  },
  { text: new RegExp(String.raw`max_tokens is too large: ${AMOUNT}.*?at most ${AMOUNT}`, 's'), askedFirst: true },
  { text: new RegExp(String.raw`request \(${AMOUNT} tokens\) exceeds.*?\(${AMOUNT} tokens\)`, 's'), askedFirst: true },
];

/** What was asked for and what would fit, if the sentence says both and the former is more. */
export function askedTooMuch(message: string): { asked: number; fits: number } | null {
  for (const { text, askedFirst } of ASKED_AND_FITS) {
    const [, first, second] = text.exec(message) ?? [];
    if (first === undefined || second === undefined) continue;
    const [asked, fits] = askedFirst ? [number(first), number(second)] : [number(second), number(first)];
    return asked > fits ? { asked, fits } : null;
  }
  return null;
}

/**
 * The limit per minute that a sentence names: "on tokens per min (TPM): Limit 30000, Used 29937". What was not used is
 * left; where it does not say, nothing is (or, for a request that alone is too large, all of it).
 */
export function namedLimit(message: string): SeenLimit | null {
  const said =
    /\b(requests|tokens) per min(?:ute)?\b[^:.]*[:.] Limit:? ~?(\d[\d,]*)(?:.*?\bUsed:? ~?(\d[\d,]*))?/s.exec(message);
  if (!said) return null;
  const [, resource, limitText = '', usedText] = said;
  const limit = number(limitText);
  const notSaid = askedTooMuch(message) ? 0 : limit;
  const used = usedText === undefined ? notSaid : Math.min(number(usedText), limit);
  return { resource: resource as 'requests' | 'tokens', limit, remaining: limit - used, resetsInMs: null };
}

/** The wait that a sentence asks for: "try again in 634ms", "Please retry after 26 seconds", "Retry in 1h2m3.5s". */
export function namedWaitMs(message: string): number | null {
  const said =
    /\b(?:try again|retry)(?: your request)? (?:in|after) (\d[\d.]*[\d.dhmsµu]*)(?: ?(milli)?(second|minute|hour)s?\b)?/i.exec(
      message,
    );
  if (!said) return null;
  const [, amount = '', milli, unit] = said;
  const trimmed = amount.replace(/\.$/, '');
  const ms = durationMs(trimmed);
  if (ms === null || unit === undefined || !/^[\d.]+$/.test(trimmed)) return ms;
  if (milli) return Math.ceil(Number(trimmed));
  return ms * { second: 1, minute: 60, hour: 3600 }[unit.toLowerCase() as 'second' | 'minute' | 'hour'];
}

function number(text: string): number {
  return Number(text.replaceAll(',', ''));
}
