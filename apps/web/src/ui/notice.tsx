import type { ReactElement, ReactNode } from 'react';
import { messageOf } from '../session/messages.js';
import type { Tone } from './badge.js';
import { Button } from './button.js';
import { Spinner } from './spinner.js';
import styles from './notice.module.css';

/** A sentence about the state of something, with what can be done about it. */
export function Notice({
  tone = 'plain',
  actions,
  children,
}: {
  tone?: Tone;
  actions?: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <div className={`${styles.notice} ${styles[tone] ?? ''}`}>
      <div className={styles.text}>{children}</div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** Something could not be read or done: the server's own sentence, and another try. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactElement {
  return (
    <div role="alert">
      <Notice
        tone="bad"
        actions={
          onRetry && (
            <Button small onClick={onRetry}>
              Try again
            </Button>
          )
        }
      >
        {messageOf(error)}
      </Notice>
    </div>
  );
}

/** There is nothing here yet, and this is how it begins. */
export function Empty({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className={styles.empty}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Loading({ what }: { what: string }): ReactElement {
  return (
    <div className={styles.loading} role="status">
      <Spinner /> Loading {what}…
    </div>
  );
}
