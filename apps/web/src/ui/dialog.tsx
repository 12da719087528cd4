import type { ReactElement, ReactNode } from 'react';
import { useEffect, useId, useRef } from 'react';
import { X } from 'lucide-react';
import { Button } from './button.js';
import styles from './dialog.module.css';

interface DialogProps {
  title: string;
  /** Asked for by Escape, the cross, or a press beside it; the owner then no longer renders the dialog. Left out: it stays. */
  onClose?: () => void;
  wide?: boolean;
  children: ReactNode;
}

const TEXT_FIELD = 'form :is(textarea, select, input:not([type=checkbox], [type=radio])):not(:disabled, [readonly])';
/** Where a field that has the focus brings up a keyboard over half of the screen. */
const TOUCH = '(hover: none)';

/**
 * A modal dialog, open as long as it is rendered: the browser's own, so focus stays inside and goes back to where it was, and
 * the page behind it is inert. It begins at the first field to type in, else at the title.
 */
export function Dialog({ title, onClose, wide = false, children }: DialogProps): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    const field = matchMedia(TOUCH).matches ? null : dialog?.querySelector<HTMLElement>(TEXT_FIELD);
    (field ?? dialog?.querySelector('h2'))?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? `${styles.dialog} ${styles.wide}` : styles.dialog}
      aria-labelledby={heading}
      closedby={onClose ? undefined : 'none'}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onMouseDown={(event) => {
        if (event.target === event.currentTarget) onClose?.();
      }}
    >
      <div className={styles.head}>
        <h2 id={heading} tabIndex={-1}>
          {title}
        </h2>
        {onClose && (
          <Button look="quiet" icon small aria-label="Close" onClick={onClose}>
            <X />
          </Button>
        )}
      </div>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}

/** The row of buttons at a dialog's end. */
export function DialogActions({ children }: { children: ReactNode }): ReactElement {
  return <div className={styles.actions}>{children}</div>;
}
