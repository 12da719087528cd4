import { useCallback } from 'react';
import { useToasts } from '../ui/toasts.js';

/** Puts a text on the clipboard and says so. */
export function useCopy(): (text: string, done: string) => Promise<void> {
  const toasts = useToasts();
  return useCallback(
    async (text: string, done: string) => {
      try {
        await navigator.clipboard.writeText(text);
        toasts.show({ id: 'copied', title: done, tone: 'good' });
      } catch {
        toasts.show({
          id: 'copied',
          title: 'Nothing was copied',
          detail: 'Your browser does not let this page use the clipboard.',
          tone: 'bad',
        });
      }
    },
    [toasts],
  );
}
