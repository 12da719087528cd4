import type { ReactElement } from 'react';
import { Clock } from 'lucide-react';
import { formatCountdown } from '../format/time.js';
import { useNow } from '../format/use-now.js';
import { placeInLine, reasonOf } from './delays.js';
import type { ShownSection } from './shown-sections.js';
import styles from './plan.module.css';

/** Why a section waits and for how long still; it goes on by itself. */
export function DelayLine({ until, reason, position }: NonNullable<ShownSection['delay']>): ReactElement {
  const left = Date.parse(until) - useNow(1_000);
  const place = placeInLine(position);
  return (
    <p className={styles.placeholder}>
      <Clock aria-hidden="true" />
      <span>
        {reasonOf(reason)}.{' '}
        {left > 0 ? (
          <>Goes on in {<span className={styles.time}>{formatCountdown(left)}</span>}</>
        ) : (
          'Goes on any moment'
        )}
        {place && <>, {place}</>}.
      </span>
    </p>
  );
}
