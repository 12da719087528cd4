import { askedTooMuch, namedLimit, namedWaitMs } from './named-amounts.js';

describe('a wait named in a sentence', () => {
  it.each([
    ['Please try again in 634ms.', 634],
    ['Please try again in 20s. Contact us', 20_000],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 7m12s', 432_000],
    ['Please retry in 10h17m5.7s.', 37_025_700],
    ['Please retry in 46.2s.', 46_200],
    ['Please retry after 26 seconds. Please go here', 26_000],
    ['Try again in 1 minute', 60_000],
    ['retry your request after 2 hours', 7_200_000],
    ['Try again in 500 milliseconds.', 500],
    ['Please try again in 30.', 30_000],
    ['Please try again later.', null],
    ['Please try again in a moment.', null],
    ['Retried in 5s', null],
  ])('%j is %s ms', (text, ms) => {
    expect(namedWaitMs(text)).toBe(ms);
  });
});

describe('amounts named in a sentence', () => {
  it('are too much where more was asked for than fits', () => {
    expect(askedTooMuch('on tokens per min (TPM): Limit 30,000, Requested 45,123.')).toEqual({
      asked: 45_123,
      fits: 30_000,
    });
  });

  it('are not too much where the rest is used by others', () => {
    expect(askedTooMuch('on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.')).toBeNull();
    expect(askedTooMuch('Rate limit reached.')).toBeNull();
  });

  it('are a limit per minute, not one per day', () => {
    expect(namedLimit('on requests per min (RPM): Limit 3, Used 3, Requested 1.')).toEqual({
      resource: 'requests',
      limit: 3,
      remaining: 0,
      resetsInMs: null,
    });
    expect(namedLimit('on requests per day (RPD): Limit 200, Used 200, Requested 1.')).toBeNull();
  });
});
