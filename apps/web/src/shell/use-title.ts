import { useEffect } from 'react';

/** The page's title in the browser's tab; null until it is known. */
export function useTitle(title: string | null): void {
  useEffect(() => {
    if (title !== null) document.title = `${title} · Planwright`;
  }, [title]);
}
