import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { formatNumber } from '../format/numbers.js';
import { costWords } from './money.js';
import styles from './usage.module.css';

/** What was used of each model. */
export function ModelTable({ report, month }: { report: Schemas['UsageReport']; month: string }): ReactElement {
  return (
    <section className={styles.part}>
      <h2>By provider and model</h2>
      {report.by_model.length === 0 ? (
        <p className={styles.soft}>Nothing was written in {month}.</p>
      ) : (
        <div className={styles.scroll} role="region" aria-label="By provider and model" tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col">Calls</th>
                <th scope="col">Tokens read</th>
                <th scope="col">of these cached</th>
                <th scope="col">Tokens written</th>
                <th scope="col">Cost</th>
              </tr>
            </thead>
            <tbody>
              {report.by_model.map(({ provider, model, calls, usage, cost }) => (
                <tr key={`${provider}/${model}`}>
                  <th scope="row">
                    {model} <span className={styles.soft}>{provider}</span>
                  </th>
                  <td data-label="Calls">{formatNumber(calls)}</td>
                  <td data-label="Tokens read">{formatNumber(usage?.input_tokens ?? 0)}</td>
                  <td data-label="of these cached">{formatNumber(usage?.cached_input_tokens ?? 0)}</td>
                  <td data-label="Tokens written">
                    {`${usage?.estimated ? 'about ' : ''}${formatNumber(usage?.output_tokens ?? 0)}`}
                  </td>
                  <td data-label="Cost">{costWords(cost)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={styles.note}>Months begin and end in UTC. Calls that failed or were cancelled are counted, too.</p>
    </section>
  );
}
