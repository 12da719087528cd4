import fc from 'fast-check';
import { amount, durationMs, retryAfterMs } from './header-values.js';

describe('a duration', () => {
  it.each([
    ['6m0s', 360_000],
    ['1s', 1000],
    ['12ms', 12],
    ['120ms', 120],
    ['1h2m3.5s', 3_723_500],
    ['8.64s', 8640],
    ['3.3s', 3300],
    ['10h17m5.7s', 37_025_700],
    ['1d2h', 93_600_000],
    ['0s', 0],
    ['500us', 1],
    ['46', 46_000],
    [' 2 ', 2000],
    ['0.5', 500],
  ])('reads %j as %d ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });

  it.each([
    null,
    '',
    '-1',
    '-1s',
    'NaN',
    'soon',
    '1w',
    '6m 0s',
    's',
    '1e3',
    '9'.repeat(30),
    'Wed, 21 Oct 2026 07:28:00 GMT',
  ])('is not %j', (text) => {
    expect(durationMs(text)).toBeNull();
  });

  it('is what Go writes for any number of hours, minutes, seconds and milliseconds', () => {
    const below = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(below(999), below(59), below(59), below(999), (h, m, s, ms) => {
        const text = `${h}h${m}m${s + ms / 1000}s`;
        expect(durationMs(text)).toBe(h * 3_600_000 + m * 60_000 + s * 1000 + ms);
      }),
    );
  });
});

describe('an amount', () => {
  it.each([
    ['0', 0],
    [' 60 ', 60],
    ['1499.9', 1499],
    ['-1', null],
    ['NaN', null],
    ['1e3', null],
    ['9,500', null],
    ['', null],
    ['9'.repeat(30), null],
    [null, null],
  ])('of %j is %p', (text, value) => {
    expect(amount(text)).toBe(value);
  });
});

describe('a retry-after', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');

  it.each([
    ['90', 90_000],
    ['0', 0],
    ['0.5', 500],
    ['1m30s', 90_000],
    ['Sat, 21 Nov 2026 12:01:30 GMT', 90_000],
    ['2026-11-21T12:01:30Z', 90_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['2026', 2_026_000],
    ['-5', null],
    ['soon', null],
    ['', null],
  ])('of "%s" is %p ms', (value, expected) => {
    expect(retryAfterMs(new Headers({ 'retry-after': value }), now)).toBe(expected);
  });

  it('that is a date is counted from the clock of the answer', () => {
    const from = { 'retry-after': 'Sat, 21 Nov 2026 15:00:20 GMT', date: 'Sat, 21 Nov 2026 15:00:00 GMT' };
    expect(retryAfterMs(new Headers(from), now)).toBe(20_000);
  });

  it('that is not there says nothing', () => expect(retryAfterMs(new Headers(), now)).toBeNull());
});
