import type { ReactElement } from 'react';
import { counted } from '../format/numbers.js';
import { isWritten } from './look-words.js';
import { LookMark } from './look-mark.js';
import type { ShownSection } from './shown-sections.js';
import { useMedia } from './use-media.js';
import styles from './plan.module.css';

/** The sections with their states: beside the text, and where there is no room for that, folded above it. */
export function Outline({ sections }: { sections: readonly ShownSection[] }): ReactElement {
  const isWide = useMedia('(width >= 60rem)');
  const done = sections.filter(({ look }) => isWritten(look)).length;
  const list = (
    <ol role="list">
      {sections.map(({ id, title, look }) => (
        <li key={id}>
          <a href={`#${id}`} data-look={look}>
            <LookMark look={look} />
            <span>{title}</span>
          </a>
        </li>
      ))}
    </ol>
  );
  return (
    <nav className={styles.outline} aria-label="Sections" data-print="no">
      {isWide ? (
        list
      ) : (
        <details>
          <summary>
            Sections{' '}
            <span className={styles.soft}>
              {done} of {counted(sections.length, 'section')} written
            </span>
          </summary>
          {list}
        </details>
      )}
    </nav>
  );
}
