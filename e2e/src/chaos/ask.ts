import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from './random.js';

/** One request and how it was answered. */
export interface RequestRecord {
  path: string;
  at: number;
  tookMs: number;
  /** The status, or why there was none. */
  outcome: number | string;
}

interface Question {
  method: string;
  path: string;
  key: string;
  body: object;
  gateways: readonly [string, ...string[]];
  random: Random;
  giveUp: AbortSignal;
  /** Gets every request. */
  requests: RequestRecord[];
}

export interface Reply {
  /** Of what was made, or of the run that holds its place; null where the request was refused for good. */
  id: string | null;
  /** The refusal's own words. */
  said: string;
}

/** A frozen gateway never answers. */
const ANSWERS_WITHIN_MS = 8_000;
/** Pause before another try: the first one, by how much each is longer, and the longest. */
const PAUSES = { firstMs: 200, factor: 1.5, longestMs: 5_000 };

/**
 * Asks until there is an answer that counts: after no answer at all, a 5xx or a 429 the same request goes out again, with
 * the same `Idempotency-Key`, to whichever gateway.
 */
export async function ask(question: Question): Promise<Reply> {
  const { method, path, key, body, gateways, random, giveUp, requests } = question;
  let said = 'never asked';
  let pauseMs = PAUSES.firstMs;
  for (; !giveUp.aborted; pauseMs = Math.min(pauseMs * PAUSES.factor, PAUSES.longestMs)) {
    const record: RequestRecord = { path, at: Date.now(), tookMs: 0, outcome: 'no answer' };
    requests.push(record);
    let waitMs = random.between(pauseMs / 2, pauseMs);
    try {
      const response = await fetch(random.pick(gateways) + path, {
        method,
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.any([giveUp, AbortSignal.timeout(ANSWERS_WITHIN_MS)]),
      });
      const answer = (await response.json()) as { id?: string; run_id?: string; code?: string; detail?: string };
      record.outcome = response.status;
      said = `${response.status} ${answer.code ?? ''} ${answer.detail ?? ''}`;
      if (response.ok && answer.id !== undefined) return { id: answer.id, said };
      if (response.status === 409 && answer.run_id !== undefined) return { id: answer.run_id, said };
      const passing = response.status >= 500 || response.status === 429 || response.status === 409;
      if (!passing) return { id: null, said };
      waitMs = Math.max(waitMs, Number(response.headers.get('retry-after') ?? 0) * 1_000);
    } catch (error) {
      said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (record.outcome === 'no answer') record.outcome = said;
    } finally {
      record.tookMs = Date.now() - record.at;
    }
    await sleep(waitMs, undefined, { signal: giveUp }).catch(() => undefined);
  }
  return { id: null, said: `gave up after ${requests.length} requests; the last one: ${said}` };
}
