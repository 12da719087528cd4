import { seenLimits, usedUpForMs } from './rate-limit-headers.js';

/** Headers of one triple: limit, remaining, reset. */
function triple(name: string, limit?: string, remaining?: string, reset?: string): [string, string][] {
  const values = { limit, remaining, reset };
  return Object.entries(values).flatMap(([what, value]) =>
    value === undefined ? [] : [[`x-ratelimit-${what}-${name}`, value]],
  );
}

describe('the limits in headers', () => {
  const requests = triple('requests', '5000', '4999', '12ms');
  const tokens = triple('tokens', '200000', '199000', '300ms');
  const read = (pairs: [string, string][], windowMs?: number) =>
    seenLimits(new Headers(pairs), windowMs === undefined ? undefined : { windowMs });

  it('are requests and tokens', () => {
    expect(read([...requests, ...tokens])).toEqual([
      { resource: 'requests', limit: 5000, remaining: 4999, resetsInMs: 12 },
      { resource: 'tokens', limit: 200_000, remaining: 199_000, resetsInMs: 300 },
    ]);
  });

  it.each([
    ['no headers', [], []],
    ['requests alone', requests, ['requests']],
    ['-1 of -1, as the Responses API of Azure says', triple('tokens', '-1', '-1', '0'), []],
    ['0 of 0', triple('requests', '0', '0', '0s'), []],
    ['no remaining', triple('requests', '60', undefined, '1s'), []],
    ['no limit', triple('requests', undefined, '60', '1s'), []],
    ['NaN', triple('tokens', 'NaN', 'NaN', 'NaN'), []],
    ['an empty value', triple('tokens', '', '', ''), []],
    ['more than fits into a number', triple('tokens', '9'.repeat(30), '1', '1s'), []],
    ['nothing left', triple('tokens', '30000', '0', '59s'), ['tokens']],
    ['no reset', triple('tokens', '30000', '100'), ['tokens']],
  ] as [string, [string, string][], string[]][])('%s: %#', (_, pairs, resources) => {
    expect(read(pairs).map((limit) => limit.resource)).toEqual(resources);
  });

  it('never have more left than the limit', () => {
    expect(read(triple('requests', '60', '61', '1s'))[0]).toMatchObject({ limit: 60, remaining: 60 });
  });

  it('have no reset where it cannot be read', () => {
    expect(read(triple('requests', '60', '59', 'later'))[0]?.resetsInMs).toBeNull();
  });

  it.each([
    ['the project has less left', '100', 100],
    ['the organisation has less left', '199500', 199_000],
  ])('count the tighter of two token limits: %s', (_, left, remaining) => {
    const limits = read([...tokens, ...triple('project-tokens', '250000', left, '90ms')]);
    expect(limits).toHaveLength(1);
    expect(limits[0]?.remaining).toBe(remaining);
  });

  it('count the smaller of two untouched token limits', () => {
    const untouched = triple('tokens', '200000', '200000', '0s');
    const project = triple('project-tokens', '200000', '200000', '0s');
    expect(read([...untouched, ...project])[0]?.limit).toBe(200_000);
    expect(read([...untouched, ...triple('project-tokens', '300000', '200000', '0s')])[0]?.limit).toBe(200_000);
  });

  it('take the project limit where it is the only one', () => {
    expect(read(triple('project-tokens', '1000', '900', '6s'))[0]?.limit).toBe(1000);
  });

  it('are scaled to a minute from a window of ten seconds', () => {
    expect(read(triple('requests', '20', '19', '10'), 10_000)).toEqual([
      { resource: 'requests', limit: 120, remaining: 114, resetsInMs: 10_000 },
    ]);
  });

  it.each([
    ['Groq, 14,400 a day', '14400', '14370', '2m59.56s'],
    ['a low tier, 200 a day', '200', '199', '7m12s'],
    ['a day used up', '200', '0', '24h0m0s'],
  ])('leave out a limit per day: %s', (_, limit, remaining, reset) => {
    expect(read(triple('requests', limit, remaining, reset))).toEqual([]);
  });

  it('keep a limit whose window ends at a fixed second, however little is used of it', () => {
    expect(read(triple('tokens', '144000', '143900', '60'))).toHaveLength(1);
  });
});

describe('the wait of what is used up', () => {
  it('is the longest reset of those with nothing left', () => {
    const headers = new Headers([
      ...triple('requests', '200', '0', '7m12s'),
      ...triple('tokens', '30000', '0', '59s'),
      ...triple('project-tokens', '30000', '5', '2h'),
    ]);
    expect(usedUpForMs(headers)).toBe(432_000);
  });

  it('is not known where something is left, or no reset is said', () => {
    expect(usedUpForMs(new Headers(triple('tokens', '30000', '500', '59s')))).toBeNull();
    expect(usedUpForMs(new Headers(triple('tokens', '30000', '0')))).toBeNull();
    expect(usedUpForMs(new Headers(triple('tokens', '30000', '0', '0s')))).toBeNull();
  });
});
