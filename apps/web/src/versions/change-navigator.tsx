import type { ReactElement } from 'react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { isTextField } from '../regenerate/is-text-field.js';
import { Button } from '../ui/button.js';
import { nextChange } from './diff-blocks.js';
import styles from './versions.module.css';

/** Where a change stands on the page. */
export const changeId = (index: number): string => `change-${index}`;

/** Goes from change to change, by buttons and by the keys n and p. */
export function ChangeNavigator({ changes }: { changes: number }): ReactElement | null {
  const [at, setAt] = useState(-1);
  const current = useRef(-1);
  const go = useCallback(
    (step: 1 | -1) => {
      const next = nextChange(current.current, step, changes);
      if (next === null) return;
      current.current = next;
      setAt(next);
      const change = document.getElementById(changeId(next));
      change?.scrollIntoView({ block: 'center', behavior: 'auto' });
      change?.focus({ preventScroll: true });
    },
    [changes],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector('dialog[open], [role="menu"]') || isTextField(document.activeElement)) return;
      if (event.key === 'n') go(1);
      if (event.key === 'p') go(-1);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [go]);
  if (changes === 0) return null;
  return (
    <div className={styles.navigator}>
      <span className={styles.place}>
        {at < 0 ? `${changes} ${changes === 1 ? 'change' : 'changes'}` : `${at + 1} of ${changes}`}
      </span>
      <Button small onClick={() => go(-1)} aria-keyshortcuts="p" title="Previous change (p)">
        <ArrowUp /> Previous
      </Button>
      <Button small onClick={() => go(1)} aria-keyshortcuts="n" title="Next change (n)">
        <ArrowDown /> Next
      </Button>
    </div>
  );
}
