import type { ReactElement } from 'react';
import styles from './usage.module.css';

interface BarProps {
  /** What it measures, for those who don't see it. */
  name: string;
  /** 0 to 1 */
  share: number;
  /** The measure in words. */
  words: string;
  tone?: 'good' | 'warn' | 'bad';
}

/** How much there is of something; the words beside it say the same. */
export function Bar({ name, share, words, tone = 'good' }: BarProps): ReactElement {
  const percent = Math.round(share * 100);
  return (
    <div
      className={styles.bar}
      role="meter"
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={words}
    >
      <div className={styles[tone]} style={{ inlineSize: `${percent}%` }} />
    </div>
  );
}
