import type { FailureCode, ProviderFailure } from '@planwright/contracts';
import type { Refused } from '../src/openai/classify.js';

/**
 * An answer of a provider, with names and ids replaced, and what it means. Where the source tells of an answer without
 * its text, as guides do, the text is a sentence of that sense.
 */
export interface RecordedAnswer {
  name: string;
  /** Where it is told of. */
  source: string;
  /** Null for an error within a stream. */
  status: number | null;
  headers?: Record<string, string>;
  /** Text as it came, or what is JSON. */
  body: unknown;
  expected: {
    code: FailureCode;
    /** Null where it names no time. */
    waitMs?: number | null;
    isRamp?: boolean;
    providerCode?: string | null;
    /** What the detail has to say, and must not. */
    says?: readonly string[];
    hides?: readonly string[];
    limits?: readonly { resource: string; limit: number; remaining: number }[];
  };
}

const NOW_MS = Date.parse('2026-11-21T02:21:24.123Z');

/** Checks that an answer is taken for what it is. */
export function expectMeaning(answer: RecordedAnswer, classify: (refused: Refused) => ProviderFailure): void {
  const { status, headers = {}, body, expected } = answer;
  const text = status === null || typeof body === 'string' ? body : JSON.stringify(body);
  const { failure, refusal } = classify({
    status,
    headers: new Headers(headers),
    body: text,
    nowMs: NOW_MS,
    host: 'llm.example',
    secret: 'a-key-of-no-known-shape',
  });
  const { code, waitMs = null, isRamp = false, providerCode, says = [], hides = [], limits } = expected;
  expect(failure.code).toBe(code);
  expect(failure.resets_at).toBe(waitMs === null ? null : new Date(NOW_MS + waitMs).toISOString());
  const requestId = headers['x-request-id'] ?? headers['apim-request-id'] ?? null;
  expect(refusal).toMatchObject({ status, isRamp, requestId });
  if (providerCode !== undefined) expect(refusal.providerCode).toBe(providerCode);
  if (limits !== undefined) expect(refusal.limits).toMatchObject(limits);
  for (const part of says) expect(failure.detail).toContain(part);
  for (const part of hides) expect(failure.detail).not.toContain(part);
  expect(failure.detail.length).toBeGreaterThan(20);
}
