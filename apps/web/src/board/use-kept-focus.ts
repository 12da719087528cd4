import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the keyboard on a card that changes its place, where its button is made anew: answers how to say which. It is let go
 * as soon as the focus goes anywhere else.
 */
export function useKeptFocus(shown: unknown): (taskId: string) => void {
  const kept = useRef<string | null>(null);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      if (!(target instanceof HTMLElement) || kept.current === null) return;
      const button = buttonOf(kept.current);
      const isOnCard = button !== null && target.closest('li')?.contains(button);
      if (!isOnCard && !target.closest('[role="menu"]')) kept.current = null;
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, []);
  const focus = useCallback(() => {
    if (kept.current === null || document.activeElement !== document.body) return;
    const button = buttonOf(kept.current);
    button?.focus();
    button?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, []);
  useLayoutEffect(focus, [focus, shown]);
  return useCallback(
    (taskId: string) => {
      kept.current = taskId;
      // It may have moved already, before a dialog was closed.
      requestAnimationFrame(focus);
    },
    [focus],
  );
}

const buttonOf = (taskId: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-move="${CSS.escape(taskId)}"]`);
