import { readFileSync } from 'node:fs';
import type { FailureCode, SeenLimit } from '@planwright/contracts';
import { failure, plainUsage } from '@planwright/contracts';
import { classifyAnswer } from './classify.js';

interface Recorded {
  name: string;
  /** Where the body was seen. */
  source: string;
  /** Null for an error event within a stream. */
  status: number | null;
  headers?: Record<string, string>;
  body: unknown;
  expect: {
    code: FailureCode;
    providerCode: string | null;
    /** Null: the answer names no time. */
    resetsInMs?: number | null;
    isRamp?: boolean;
    requestId?: string | null;
    limits?: SeenLimit[];
    /** Parts of the sentence. */
    detail?: string[];
  };
}

const recorded = JSON.parse(
  readFileSync(new URL('recorded-refusals.json', import.meta.url), 'utf8'),
) as readonly Recorded[];

const receivedAtMs = Date.parse('2026-11-21T12:00:00.000Z');
const call = { model: 'claude-test', apiKey: 'sk-ant-own-key', receivedAtMs, requestBytes: 1_500_000, usage: null };

describe('classifyAnswer', () => {
  it.each(recorded)('$name is $expect.code', ({ status, headers, body, expect: expected }) => {
    const refused = classifyAnswer({ status, body, headers: new Headers(headers) }, call);
    expect(refused.failure.code).toBe(expected.code);
    expect(refused.refusal).toMatchObject({ status, providerCode: expected.providerCode });
    expect(refused.refusal.isRamp).toBe(expected.isRamp ?? false);
    for (const part of expected.detail ?? []) expect(refused.failure.detail).toContain(part);
    if (expected.requestId !== undefined) expect(refused.refusal.requestId).toBe(expected.requestId);
    if (expected.limits) expect(refused.refusal.limits).toEqual(expected.limits);
    if (expected.resetsInMs !== undefined) {
      const resetsInMs =
        refused.failure.resets_at === null ? null : Date.parse(refused.failure.resets_at) - receivedAtMs;
      expect(resetsInMs).toBe(expected.resetsInMs);
    }
  });

  it('makes failures that may cross a queue, name the model and show no key', () => {
    for (const { status, headers, body } of recorded) {
      const refused = classifyAnswer({ status, body, headers: new Headers(headers) }, call);
      expect(failure.parse(refused.failure)).toEqual(refused.failure);
      expect(refused.failure.detail).toContain('claude-test');
      expect(refused.message + refused.failure.detail).not.toMatch(/sk-ant-\w/);
    }
  });

  it('masks the key of the call, whatever it looks like', () => {
    const body = { error: { type: 'authentication_error', message: 'no such key: house-key-4711' } };
    const refused = classifyAnswer({ status: 401, body, headers: null }, { ...call, apiKey: 'house-key-4711' });
    expect(refused.failure.detail).toBe('no such key: [key] (Anthropic, claude-test: 401 authentication_error)');
  });

  it('keeps what was used, and the limits of an answer but not those of a stream', () => {
    const usage = plainUsage(120, 3, false);
    const headers = new Headers({
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
    });
    const body = { error: { type: 'overloaded_error', message: 'Overloaded' } };
    const within = classifyAnswer({ status: null, body, headers }, { ...call, usage });
    expect(within.refusal).toMatchObject({ usage, limits: [] });
    const before = classifyAnswer({ status: 529, body, headers }, call);
    expect(before.refusal.limits).toEqual([{ resource: 'requests', limit: 50, remaining: 0, resetsInMs: null }]);
  });
});
