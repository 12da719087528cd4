import { useCallback, useMemo } from 'react';
import { useSearch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';

interface Address {
  query: URLSearchParams;
  /** Changes the query; a new entry of the history unless `replace`. The function stays the same. */
  change: (next: (query: URLSearchParams) => URLSearchParams, options?: { replace?: boolean }) => void;
}

/** The query of the page's address. */
export function useAddress(): Address {
  const search = useSearch();
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const change = useCallback<Address['change']>((next, options) => {
    const text = next(new URLSearchParams(location.search)).toString();
    navigate(text === '' ? location.pathname : `?${text}`, options);
  }, []);
  return { query, change };
}
