import { seenLimits } from './rate-limit-headers.js';

const now = Date.parse('2026-11-21T12:00:00Z');
const prefix = 'anthropic-ratelimit-';

/** `limit/remaining/reset` per kind, as headers. */
function headers(limits: Record<string, string>, others: Record<string, string> = {}): Headers {
  const all = new Headers(others);
  for (const [kind, values] of Object.entries(limits)) {
    const [limit = '', remaining = '', reset = ''] = values.split(' ');
    for (const [name, value] of Object.entries({ limit, remaining, reset }))
      if (value !== '') all.set(`${prefix}${kind}-${name}`, value);
  }
  return all;
}

describe('seenLimits', () => {
  it.each([
    ['nothing', headers({}), []],
    [
      'requests, input and output',
      headers({
        requests: '50 49 2026-11-21T12:00:01Z',
        'input-tokens': '30000 28000 2026-11-21T12:00:04Z',
        'output-tokens': '8000 8000 2026-11-21T12:00:00Z',
        tokens: '8000 8000 2026-11-21T12:00:00Z',
      }),
      [
        { resource: 'requests', limit: 50, remaining: 49, resetsInMs: 1000 },
        { resource: 'input_tokens', limit: 30_000, remaining: 28_000, resetsInMs: 4000 },
        { resource: 'output_tokens', limit: 8000, remaining: 8000, resetsInMs: 0 },
      ],
    ],
    [
      'the combined limit where neither input nor output is named',
      headers({ requests: '50 49', tokens: '38000 37000 2026-11-21T12:00:02Z' }),
      [
        { resource: 'requests', limit: 50, remaining: 49, resetsInMs: null },
        { resource: 'tokens', limit: 38_000, remaining: 37_000, resetsInMs: 2000 },
      ],
    ],
    [
      'the combined limit where input and output are junk',
      headers({ 'input-tokens': '-1 -1 0', 'output-tokens': 'many few soon', tokens: '100 100' }),
      [{ resource: 'tokens', limit: 100, remaining: 100, resetsInMs: null }],
    ],
    [
      'the separate one alone where only one is named',
      headers({ 'output-tokens': '8000 10', tokens: '8000 10' }),
      [{ resource: 'output_tokens', limit: 8000, remaining: 10, resetsInMs: null }],
    ],
    [
      'a reset from the clock of the answer, not ours',
      headers({ requests: '50 0 2026-11-21T13:00:07Z' }, { date: 'Sat, 21 Nov 2026 13:00:00 GMT' }),
      [{ resource: 'requests', limit: 50, remaining: 0, resetsInMs: 7000 }],
    ],
    [
      'a reset with an offset and a fraction',
      headers({ requests: '50 0 2026-11-21T14:00:00.250+02:00' }),
      [{ resource: 'requests', limit: 50, remaining: 0, resetsInMs: 250 }],
    ],
    [
      'a reset that is over',
      headers({ requests: '50 50 2026-11-21T11:59:00Z' }),
      [{ resource: 'requests', limit: 50, remaining: 50, resetsInMs: 0 }],
    ],
    [
      'a remainder that was rounded up beyond its limit',
      headers({ 'input-tokens': '30500 31000' }),
      [{ resource: 'input_tokens', limit: 30_500, remaining: 30_500, resetsInMs: null }],
    ],
    [
      'a reset that is no instant',
      headers({ requests: '50 1 6m0s' }),
      [{ resource: 'requests', limit: 50, remaining: 1, resetsInMs: null }],
    ],
    ['no limit of zero, no limit alone', headers({ requests: '0 0', 'input-tokens': '30000' }), []],
    ['no numbers that are none', headers({ requests: '1e3 5', 'input-tokens': 'NaN Infinity', tokens: '9,500 1' }), []],
  ])('reads %s', (_, from, expected) => expect(seenLimits(from, now)).toEqual(expected));

  it('reads junk in the date as none', () => {
    const from = headers({ requests: '50 0 2026-11-21T12:00:05Z' }, { date: 'yesterday' });
    expect(seenLimits(from, now)[0]?.resetsInMs).toBe(5000);
  });
});
