import { decideDelivery, PAUSES_MS } from './decide-delivery.js';
import type { Answer } from './post.js';

const NOW = Date.parse('2026-11-21T12:00:00.000Z');
const HOUR = 3_600_000;
const answered = (status: number, retryAfter?: string): Answer & { type: 'answered' } => ({
  ...{ type: 'answered', status, retryAfter },
});
const after = (answer: Exclude<Answer, { type: 'stopped' }>, attempt = 1, random = 0) =>
  decideDelivery(answer, attempt, { random, now: NOW });

it.each([200, 201, 202, 204, 299])('%i is delivered', (status) => {
  expect(after(answered(status))).toEqual({ type: 'delivered', status });
});

it.each([0, 100, 199, 300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504])(
  '%i is tried again',
  (status) => {
    expect(after(answered(status))).toMatchObject({ type: 'retry', status, afterMs: 5_000 });
  },
);

it('follows the schedule of the specification: ten attempts over three days', () => {
  const minutes = PAUSES_MS.map((ms) => ms / 60_000);
  expect(minutes).toEqual([5 / 60, 5, 30, 120, 300, 600, 840, 1_200, 1_440]);
  const pauses = PAUSES_MS.map((_, i) => after({ type: 'unanswered', error: 'No.' }, i + 1));
  expect(pauses.map((result) => result.type === 'retry' && result.afterMs)).toEqual([...PAUSES_MS]);
  expect(after({ type: 'unanswered', error: 'No.' }, 10)).toEqual({
    ...{ type: 'failed', gone: false, status: null, error: 'No.' },
  });
  expect(after(answered(500), 10)).toMatchObject({ type: 'failed', gone: false, status: 500 });
});

it('comes later by up to a fifth, and never earlier', () => {
  expect(after(answered(500), 2, 0)).toMatchObject({ afterMs: 300_000 });
  expect(after(answered(500), 2, 0.5)).toMatchObject({ afterMs: 330_000 });
  expect(after(answered(500), 2, 1)).toMatchObject({ afterMs: 360_000 });
});

it('410 ends it at once, and the webhook', () => {
  expect(after(answered(410))).toMatchObject({ type: 'failed', gone: true, status: 410 });
});

it.each([
  ['seconds', 429, '120', 120_000],
  ['seconds', 503, '7200', 2 * HOUR],
  ['a date', 503, 'Sat, 21 Nov 2026 13:00:00 GMT', HOUR],
  ['less than the pause', 429, '1', 5_000],
  ['a date that is over', 429, 'Sat, 21 Nov 2026 11:00:00 GMT', 5_000],
  ['a week', 503, '604800', 24 * HOUR],
  ['nonsense', 429, 'soon', 5_000],
  ['more digits than there are seconds', 429, '9'.repeat(40), 5_000],
  ['nothing', 503, undefined, 5_000],
  ['seconds with another status', 500, '7200', 5_000],
])('a receiver that is busy is left alone as it asks: %s', (_what, status, retryAfter, afterMs) => {
  expect(after(answered(status, retryAfter))).toMatchObject({ type: 'retry', afterMs });
});
