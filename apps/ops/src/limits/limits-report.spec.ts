import { limitsReport } from './limits-report.js';

it('shows each bucket with its limits, who runs, who waits, and why it is left alone', () => {
  const report = limitsReport([
    {
      bucket: 'openai:0123456789ab:gpt-4o-mini',
      limits: {
        requests: { limit: 500, level: 3, capacity: 62 },
        tokens: { limit: 200_000, level: 1_200, capacity: 25_000 },
      },
      calls: 12,
      waiting: 140,
      pause: { code: 'rate_limited', ms: 3_400 },
    },
    { bucket: 'compatible:none:qwen3:30b', limits: {}, calls: 0, waiting: 0, pause: null },
  ]);
  expect(report).toBe(`provider    models       key           limits a minute            running  waiting  left alone
openai      gpt-4o-mini  0123456789ab  500 calls, 200,000 tokens       12      140  rate_limited, for 4 s
compatible  qwen3:30b    none          –                                0        0  –
`);
});

it('says that there is nothing to show', () => {
  expect(limitsReport([])).toBe('No provider with a limit was called in the last two hours.\n');
});
