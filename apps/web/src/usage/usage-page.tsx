import type { ReactElement } from 'react';
import { useState } from 'react';
import { useTitle } from '../shell/use-title.js';
import { ErrorNotice, Loading } from '../ui/notice.js';
import { LimitsNow } from './limits-now.js';
import { ModelTable } from './model-table.js';
import type { Month } from './months.js';
import { lastMonths } from './months.js';
import { useUsage } from './queries.js';
import { RunCosts } from './run-costs.js';
import { Spent } from './spent.js';
import styles from './usage.module.css';

const MONTHS = 12;

/** What the workspace used and spent in a month, and what limits it now. */
export default function UsagePage(): ReactElement {
  useTitle('Usage');
  const [months] = useState(() => lastMonths(Date.now(), MONTHS));
  const [id, setId] = useState(months[0]?.id);
  const month = months.find((one) => one.id === id) ?? months[0];
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Usage</h1>
        <label className={styles.month}>
          <span>Month</span>
          <select value={id} onChange={(event) => setId(event.target.value)}>
            {months.map((one) => (
              <option key={one.id} value={one.id}>
                {one.title}
              </option>
            ))}
          </select>
        </label>
      </div>
      {month && <OfMonth month={month} isThis={month.id === months[0]?.id} />}
      <LimitsNow />
      {month && <RunCosts month={month} />}
    </div>
  );
}

function OfMonth({ month, isThis }: { month: Month; isThis: boolean }): ReactElement {
  const { data, error, refetch } = useUsage(month);
  if (error && !data) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading what="what was used" />;
  return (
    <>
      <Spent report={data} isThisMonth={isThis} />
      <ModelTable report={data} month={month.title} />
    </>
  );
}
