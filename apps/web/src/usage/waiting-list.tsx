import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { Link } from 'wouter';
import { formatCountdown } from '../format/time.js';
import { useNow } from '../format/use-now.js';
import { counted } from '../format/numbers.js';
import { waitWords } from './waits.js';
import styles from './usage.module.css';

/** Sections of this workspace that wait, and what for. */
export function WaitingList({
  waiting,
  total,
}: {
  waiting: readonly Schemas['WaitingStep'][];
  total: number;
}): ReactElement {
  return (
    <section className={styles.part}>
      <h2>Waiting</h2>
      {total === 0 ? (
        <p className={styles.soft}>Nothing waits: every section that can be written is being written.</p>
      ) : (
        <ul role="list" className={styles.lines}>
          {waiting.map((step) => (
            <Waiting key={`${step.run_id}/${step.document}/${step.section_id}`} step={step} />
          ))}
        </ul>
      )}
      {total > waiting.length && (
        <p className={styles.note}>and {counted(total - waiting.length, 'more section')} behind these</p>
      )}
    </section>
  );
}

function Waiting({ step }: { step: Schemas['WaitingStep'] }): ReactElement {
  const left = Date.parse(step.next_attempt_at) - useNow(1_000);
  return (
    <li className={styles.line}>
      <div>
        <strong>{step.section_title}</strong> in{' '}
        <Link href={`/projects/${step.project_id}/runs`}>{step.project_name}</Link>
        <p className={styles.soft}>
          Waits for {waitWords(step.reason)}
          {step.position !== null && `, number ${step.position} in line`}, with {step.model}
        </p>
      </div>
      <span className={styles.countdown}>{left > 0 ? formatCountdown(left) : 'any moment'}</span>
    </li>
  );
}
