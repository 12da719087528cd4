import type { ReactElement, ReactNode } from 'react';
import styles from './badge.module.css';

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info';

/** A word about a state. Its colour says nothing that the word does not. */
export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }): ReactElement {
  return <span className={`${styles.badge} ${styles[tone] ?? ''}`}>{children}</span>;
}
