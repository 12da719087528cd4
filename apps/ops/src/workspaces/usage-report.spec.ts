import { plainUsage } from '@planwright/contracts';
import type { LedgerUsage } from '@planwright/persistence';
import { usageReport } from './usage-report.js';

const of = { workspace: 'default', month: '2026-11', monthlyBudget: 20_000_000 };
const cost = (amount: number | null, unpriced_calls = 0) => ({ amount, currency: 'USD' as const, unpriced_calls });
const used: LedgerUsage = {
  calls: 1_203,
  usage: { ...plainUsage(2_001_000, 500_100, true), cached_input_tokens: 1_200_000 },
  cost: cost(5_000_000, 3),
  by_model: [
    {
      ...{ provider: 'openai', model: 'gpt-4o-mini', calls: 1_200, cost: cost(5_000_000) },
      usage: { ...plainUsage(2_000_000, 500_000, false), cached_input_tokens: 1_200_000 },
    },
    { provider: 'compatible', model: 'qwen3', calls: 3, usage: plainUsage(1_000, 100, true), cost: cost(null, 3) },
  ],
};

it('shows what each model took, and all together', () => {
  expect(usageReport(used, of)).toBe(`\
Workspace default in 2026-11 (UTC), budget 20.00 USD.

provider    model        calls         in     cached      out  of budget  cost
openai      gpt-4o-mini  1,200  2,000,000  1,200,000  500,000     25.0 %  5.00 USD
compatible  qwen3            3      1,000          0      100          –  3 calls without a price
all                      1,203  2,001,000  1,200,000  500,100     25.0 %  5.00 USD + 3 calls without a price
`);
});

it('says that there is no budget, and that nothing was called', () => {
  const none: LedgerUsage = { calls: 0, usage: null, cost: null, by_model: [] };
  expect(usageReport(none, { ...of, monthlyBudget: null })).toBe(
    'Workspace default in 2026-11 (UTC), no budget: no calls.\n',
  );
  expect(usageReport(used, { ...of, monthlyBudget: null })).toContain('–  5.00 USD');
});
