import type { Client } from '@planwright/client';
import type { ReactElement } from 'react';
import { counted, formatCost, formatShort } from '../format/numbers.js';
import { formatDuration } from '../format/time.js';
import styles from './start-card.module.css';

type Estimate = Awaited<ReturnType<Client['runs']['preview']>>;

/** What a run would write and take; keeps its room while that is being counted. */
export function EstimateList({ estimate, isOld }: { estimate: Estimate | null; isOld: boolean }): ReactElement {
  const sections = estimate?.documents.reduce((sum, { sections: own }) => sum + own.length, 0) ?? 0;
  const facts: [string, string, string][] = estimate
    ? [
        ['Time', `about ${formatDuration(estimate.seconds)}`, 'waiting for limits not counted'],
        ['Cost', costOf(estimate), `${estimate.provider} ${estimate.model}`],
        [
          'Tokens',
          formatShort(estimate.input_tokens + estimate.output_tokens),
          `${formatShort(estimate.input_tokens)} read, ${formatShort(estimate.output_tokens)} written`,
        ],
        ['Text', counted(sections, 'section'), counted(estimate.documents.length, 'document')],
      ]
    : ['Time', 'Cost', 'Tokens', 'Text'].map((name) => [name, '…', '\u00a0']);
  return (
    <dl className={styles.facts} aria-busy={estimate === null || isOld}>
      {facts.map(([name, value, about]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            <small>{about}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function costOf({ cost }: Estimate): string {
  if (cost === null || cost.amount === null) return formatCost(null);
  if (cost.unpriced_calls > 0) return cost.amount === 0 ? formatCost(null) : `at least ${formatCost(cost.amount)}`;
  return cost.amount === 0 ? 'free' : `about ${formatCost(cost.amount)}`;
}
