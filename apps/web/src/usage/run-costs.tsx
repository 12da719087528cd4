import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { Ago } from '../format/ago.js';
import { formatShort } from '../format/numbers.js';
import { ErrorNotice, Loading } from '../ui/notice.js';
import { costWords } from './money.js';
import type { Month } from './months.js';
import { useRunsOf } from './queries.js';
import styles from './usage.module.css';

/** Shown at first; there may be hundreds. */
const MOST = 30;

/** What single runs of the month cost, the newest first. */
export function RunCosts({ month }: { month: Month }): ReactElement {
  const { data, error, refetch } = useRunsOf(month);
  return (
    <section className={styles.part}>
      <h2>Cost of each run</h2>
      {error && !data && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading what="the runs" />}
      {data?.length === 0 && <p className={styles.soft}>No run of {month.title} called a provider.</p>}
      {data && data.length > 0 && (
        <div className={styles.scroll} role="region" aria-label="Cost of each run" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Project</th>
                <th scope="col">Started</th>
                <th scope="col">Model</th>
                <th scope="col">Tokens</th>
                <th scope="col">Cost</th>
              </tr>
            </thead>
            <tbody>
              {data.slice(0, MOST).map(({ run, project }) => (
                <tr key={run.id}>
                  <th scope="row">
                    <Link href={`/projects/${project.id}/runs`}>{project.name}</Link>
                  </th>
                  <td data-label="Started">
                    <Ago at={run.created_at} />
                  </td>
                  <td data-label="Model">{run.model}</td>
                  <td data-label="Tokens">
                    {run.usage ? formatShort(run.usage.input_tokens + run.usage.output_tokens) : '–'}
                  </td>
                  <td data-label="Cost">{costWords(run.cost)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={styles.note}>The latest {MOST} runs of the newest projects. Every project lists all of its own.</p>
    </section>
  );
}
