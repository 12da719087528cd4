import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { Link } from 'wouter';
import { Ago } from '../format/ago.js';
import { useNow } from '../format/use-now.js';
import { CancelButton } from '../plan/cancel-button.js';
import { RetryButton } from '../plan/retry-button.js';
import { isActive } from '../project/queries.js';
import { progressOf, statusOf } from '../projects/run-words.js';
import { Badge } from '../ui/badge.js';
import { Spinner } from '../ui/spinner.js';
import { addressOf, costOf, durationOf, subjectOf, tokensOf } from './run-facts.js';
import styles from './runs.module.css';

interface RunRowProps {
  run: Schemas['RunSummary'];
  blueprints: readonly Schemas['Blueprint'][];
}

/** One run: what it wrote, who wrote it, what it took, and what can be done about it. */
export function RunRow({ run, blueprints }: RunRowProps): ReactElement {
  const { words, tone } = statusOf(run);
  const subject = subjectOf(run, blueprints);
  const isGoing = isActive(run);
  const facts = [
    run.mode === 'draft' ? 'Draft' : null,
    `${run.provider} ${run.model}`,
    progressOf(run),
    tokensOf(run),
    costOf(run),
  ].filter((fact) => fact !== null);
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <p className={styles.title}>
          <Link href={addressOf(run)}>{subject}</Link>
          <Badge tone={tone}>
            {isGoing && <Spinner />}
            {words}
          </Badge>
        </p>
        <p className={styles.facts}>
          <span>
            <Ago at={run.created_at} />
          </span>
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
          <Duration run={run} />
        </p>
        {run.problem && run.status !== 'succeeded' && run.status !== 'cancelled' && (
          <p className={styles.problem}>
            {run.problem.title}. {run.problem.advice}
          </p>
        )}
      </div>
      <div className={styles.actions}>
        {isGoing && <CancelButton projectId={run.project_id} runId={run.id} label={`Cancel: ${subject}`} />}
        {!isGoing && run.status !== 'succeeded' && run.kind !== 'feature' && (
          <RetryButton projectId={run.project_id} runId={run.id} label={`Retry: ${subject}`} />
        )}
      </div>
    </li>
  );
}

function Duration({ run }: { run: RunRowProps['run'] }): ReactElement | null {
  const duration = durationOf(run, useNow(1_000));
  return duration === null ? null : <span>{duration}</span>;
}
