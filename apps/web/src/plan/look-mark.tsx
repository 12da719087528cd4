import type { ReactElement } from 'react';
import { Ban, Check, Circle, CircleAlert, Clock, History, PenLine } from 'lucide-react';
import { Spinner } from '../ui/spinner.js';
import type { SectionLook } from './shown-sections.js';
import { WORDS } from './look-words.js';
import styles from './plan.module.css';

const MARKS: Readonly<Record<SectionLook, ReactElement>> = {
  waiting: <Circle />,
  coming: <Spinner />,
  writing: <PenLine />,
  delayed: <Clock />,
  done: <Check />,
  stale: <History />,
  failed: <CircleAlert />,
  cancelled: <Ban />,
  none: <Circle />,
};

/** A section's state as a sign, and as a word for whoever can't see it. */
export function LookMark({ look }: { look: SectionLook }): ReactElement {
  return (
    <span className={styles.mark} data-look={look}>
      {MARKS[look]}
      <span className="visually-hidden">{WORDS[look]}</span>
    </span>
  );
}
