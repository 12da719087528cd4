import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { formatNumber, formatShort } from '../format/numbers.js';
import { Bar } from './bar.js';
import { budgetView, costWords } from './money.js';
import styles from './usage.module.css';

/** A month in figures, and this month's budget. */
export function Spent({ report, isThisMonth }: { report: Schemas['UsageReport']; isThisMonth: boolean }): ReactElement {
  const { calls, usage, cost, budget } = report;
  return (
    <section aria-label="Spent" className={styles.spent}>
      <dl className={styles.figures}>
        <Figure name="Spent" value={costWords(cost)} />
        <Figure name="Calls" value={formatNumber(calls)} />
        <Figure name="Tokens read" value={usage ? formatShort(usage.input_tokens) : '–'} />
        <Figure name="Tokens written" value={usage ? formatShort(usage.output_tokens) : '–'} />
      </dl>
      {isThisMonth && <Budget budget={budget} />}
    </section>
  );
}

function Figure({ name, value }: { name: string; value: string }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Budget({ budget }: { budget: Schemas['UsageReport']['budget'] }): ReactElement {
  if (!budget) {
    return (
      <p className={styles.soft}>This workspace has no monthly budget. Whoever runs this installation can set one.</p>
    );
  }
  const { share, tone, words } = budgetView(budget);
  return (
    <div className={styles.budget}>
      <h2>Budget of the month</h2>
      <Bar name="Spent of the month’s budget" share={share} words={words} tone={tone} />
      <p className={tone === 'bad' ? styles.alarm : styles.soft}>{words}</p>
    </div>
  );
}
