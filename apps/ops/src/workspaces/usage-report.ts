import type { LedgerUsage } from '@planwright/persistence';
import { oneLine, table } from '../text.js';
import { costText, moneyOf, shareText } from './money.js';

/** What a person reads: a line by provider and model, and their sum. */
export function usageReport(
  used: LedgerUsage,
  of: { workspace: string; month: string; monthlyBudget: number | null },
): string {
  const budget = of.monthlyBudget === null ? 'no budget' : `budget ${moneyOf(of.monthlyBudget)}`;
  const head = `Workspace ${oneLine(of.workspace, 100)} in ${of.month} (UTC), ${budget}`;
  if (used.calls === 0) return `${head}: no calls.\n`;
  const line = ({ provider, model, calls, usage, cost }: LedgerUsage['by_model'][number]) => [
    oneLine(provider, 40),
    oneLine(model, 120),
    numberText(calls),
    numberText(usage?.input_tokens ?? 0),
    numberText(usage?.cached_input_tokens ?? 0),
    numberText(usage?.output_tokens ?? 0),
    cost?.amount == null ? '–' : shareText(cost.amount, of.monthlyBudget),
    costText(cost),
  ];
  const lines = table(
    [
      ['provider', 'model', 'calls', 'in', 'cached', 'out', 'of budget', 'cost'],
      ...used.by_model.map(line),
      line({ ...used, provider: 'all', model: '' }),
    ],
    [2, 3, 4, 5, 6],
  );
  return `${[`${head}.`, '', ...lines].join('\n')}\n`;
}

const numberText = (n: number): string => n.toLocaleString('en-US');
