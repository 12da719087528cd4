import type { ReactElement, ReactNode } from 'react';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { Toast } from 'radix-ui';
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react';
import { Button, ButtonLink } from './button.js';
import { Spinner } from './spinner.js';
import { withoutToast, withToast } from './toast-list.js';
import type { ShownToast } from './toast-list.js';
import styles from './toasts.module.css';

/** `href`: a link to somewhere. `keepsOpen`: the toast stays, to say what became of it. */
type ToastAction = { label: string } & (
  { onAction: () => void; keepsOpen?: boolean; href?: undefined } | { href: string; onAction?: undefined }
);

export interface ToastContent {
  /** One toast for each id: showing it again changes what it says. */
  id: string;
  title: string;
  /** What it is about: one line, cut off where it is longer. */
  about?: string | undefined;
  detail?: string | undefined;
  /** `busy` and `bad` stay until they are dismissed. */
  tone: 'busy' | 'plain' | 'good' | 'bad';
  action?: ToastAction | undefined;
  /** Told when the person has sent it away, or its time is over. */
  onClosed?: (() => void) | undefined;
}

interface Toasts {
  /** `instead`: takes the place of the toast of that id, which from now on has the new one. */
  show(toast: ToastContent, instead?: string): void;
  dismiss(id: string): void;
}

const ToastsContext = createContext<Toasts>({ show: () => undefined, dismiss: () => undefined });

/** Shows toasts; the same functions for as long as the page lives. */
export const useToasts = (): Toasts => useContext(ToastsContext);

const MARKS = { busy: <Spinner />, plain: <Info />, good: <CircleCheck />, bad: <CircleAlert /> };
const SHOWN_MS = 8_000;

/** Gives the page its toasts: told to screen readers as they appear or change, reached by F8, and never taking the focus. */
export function ToastProvider({ children }: { children: ReactNode }): ReactElement {
  const [toasts, setToasts] = useState<readonly ShownToast<ToastContent>[]>([]);
  const dismiss = useCallback((id: string) => setToasts((all) => withoutToast(all, id)), []);
  const show = useCallback(
    (toast: ToastContent, instead?: string) => setToasts((all) => withToast(all, toast, instead)),
    [],
  );
  const value = useMemo(() => ({ show, dismiss }), [show, dismiss]);
  const viewport = useRef<HTMLOListElement>(null);
  useEffect(() => {
    if (viewport.current && toasts.length > 0) bringToFront(viewport.current);
  }, [toasts]);
  return (
    <ToastsContext value={value}>
      <Toast.Provider label="Message" swipeDirection="right">
        {children}
        {toasts.map(({ key, changes, toast }) => (
          <OneToast
            key={key}
            toast={toast}
            changes={changes}
            onClose={() => {
              dismiss(toast.id);
              toast.onClosed?.();
            }}
          />
        ))}
        <Toast.Viewport
          ref={viewport}
          popover="manual"
          className={styles.viewport}
          label="Messages ({hotkey})"
          data-print="no"
        />
      </Toast.Provider>
    </ToastsContext>
  );
}

/** A dialog lies over all that was shown before it: what is said while it is open has to be shown anew. */
function bringToFront(viewport: HTMLElement): void {
  const isShown = viewport.matches(':popover-open');
  if (isShown && (!document.querySelector('dialog:modal') || viewport.contains(document.activeElement))) return;
  if (isShown) viewport.hidePopover();
  viewport.showPopover();
}

interface OneToastProps {
  toast: ToastContent;
  changes: number;
  onClose: () => void;
}

function OneToast({ toast, changes, onClose }: OneToastProps): ReactElement {
  const { title, about, detail, tone, action } = toast;
  const stays = tone === 'busy' || tone === 'bad';
  // Escape closes the toast that has the focus. Elsewhere it is meant for something else, such as a dialog.
  const isEscapeElsewhere = useRef(false);
  const root = useRef<HTMLLIElement>(null);
  useEffect(() => {
    root.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <Toast.Root
      ref={root}
      open
      className={`${styles.toast} ${styles[tone] ?? ''}`}
      // What failed is said at once; anything else when the reader has a moment.
      type={tone === 'bad' ? 'foreground' : 'background'}
      // Another duration begins it anew: what a toast says now is shown as long as if it were its first word.
      duration={stays ? Number.POSITIVE_INFINITY : SHOWN_MS + changes}
      onEscapeKeyDown={() => {
        isEscapeElsewhere.current = !root.current?.contains(document.activeElement);
        queueMicrotask(() => (isEscapeElsewhere.current = false));
      }}
      onOpenChange={(isOpen) => {
        if (!isOpen && !isEscapeElsewhere.current) onClose();
      }}
      data-tone={tone}
    >
      <span className={styles.mark}>{MARKS[tone]}</span>
      {/* Said when it appears by the toast itself, and by this when it changes. */}
      <div className={styles.text} aria-live="polite" aria-atomic="true">
        <Toast.Title>{title}</Toast.Title>
        {about && <p className={styles.about}>{about}</p>}
        {detail && <Toast.Description className={styles.detail}>{detail}</Toast.Description>}
      </div>
      <Toast.Close asChild>
        <Button look="quiet" icon small aria-label="Dismiss">
          <X />
        </Button>
      </Toast.Close>
      {action && (
        <div className={styles.actions}>
          <ActionButton action={action} />
        </div>
      )}
    </Toast.Root>
  );
}

function ActionButton({ action }: { action: ToastAction }): ReactElement {
  if (action.href === undefined && action.keepsOpen) {
    return (
      <Button small data-radix-toast-announce-exclude="" onClick={action.onAction}>
        {action.label}
      </Button>
    );
  }
  return (
    <Toast.Action asChild altText={action.label}>
      {action.href === undefined ? (
        <Button small onClick={action.onAction}>
          {action.label}
        </Button>
      ) : (
        <ButtonLink small href={action.href}>
          {action.label}
        </ButtonLink>
      )}
    </Toast.Action>
  );
}
