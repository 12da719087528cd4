import type { ReactElement, ReactNode } from 'react';
import { counted, formatNumber } from '../format/numbers.js';
import { formatDuration } from '../format/time.js';
import { useNames } from '../project/use-names.js';
import { Spinner } from '../ui/spinner.js';
import { cardWords, costWords, outdatedBy, touchedBy } from './estimate-words.js';
import type { RunEstimate } from './types.js';
import styles from './regenerate.module.css';

interface PreviewPanelProps {
  /** Null until it is known. */
  estimate: RunEstimate | null;
  /** The choices have changed since. */
  isBehind: boolean;
}

/** What a run would write and take, before anybody starts it. */
export function PreviewPanel({ estimate, isBehind }: PreviewPanelProps): ReactElement {
  return (
    <section className={styles.preview} aria-label="Preview" aria-busy={isBehind}>
      <h3 className={styles.previewTitle}>
        Preview <span aria-hidden="true">{isBehind && <Spinner />}</span>
      </h3>
      {estimate ? <Estimate estimate={estimate} /> : <p className={styles.soft}>Working out what this takes…</p>}
    </section>
  );
}

function Estimate({ estimate }: { estimate: RunEstimate }): ReactElement {
  const names = useNames();
  const outdated = outdatedBy(estimate, names);
  const cards = cardWords(estimate.cards);
  return (
    <>
      <dl className={styles.figures}>
        <Figure name="Tokens">
          {formatNumber(estimate.input_tokens + estimate.output_tokens)}{' '}
          <small>
            {formatNumber(estimate.input_tokens)} read, {formatNumber(estimate.output_tokens)} written
          </small>
        </Figure>
        <Figure name="Cost">
          {costWords(estimate.cost)}{' '}
          <small>
            {estimate.provider}, {estimate.model}
          </small>
        </Figure>
        <Figure name="Time">
          {formatDuration(estimate.seconds)} <small>without waiting for limits</small>
        </Figure>
      </dl>
      <dl className={styles.touched}>
        <Row name="Written anew">
          <ul role="list">
            {touchedBy(estimate, names).map(({ kind, title, written, count, kept }) => (
              <li key={kind}>
                <strong>{title}</strong>: {written?.join(', ') ?? (count === 1 ? 'all of it' : `all ${count} sections`)}
                {kept > 0 && <span className={styles.soft}> ({counted(kept, 'other section')} kept as is)</span>}
              </li>
            ))}
          </ul>
        </Row>
        {cards.length > 0 && <Row name="Cards">{cards.join('. ')}.</Row>}
        {outdated.length > 0 && (
          <Row name="May be outdated">
            <ul role="list">
              {outdated.map(({ title, sections }) => (
                <li key={title}>
                  <strong>{title}</strong>
                  {sections.length > 8
                    ? `: ${counted(sections.length, 'section')}`
                    : sections.length > 0 && `: ${sections.join(', ')}`}
                </li>
              ))}
            </ul>
          </Row>
        )}
      </dl>
    </>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
