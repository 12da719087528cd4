import { useEffect } from 'react';
import type { Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { useInfiniteQuery } from '@tanstack/react-query';

interface ProjectList {
  readonly projects: readonly Schemas['Project'][];
  readonly query: ReturnType<typeof useProjectPages>;
}

function useProjectPages() {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['projects'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.projects.list({ limit: 25, ...(pageParam !== null && { cursor: pageParam }) }, { signal }),
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Projects, newest first, a page at a time; all of them while names are searched. */
export function useProjectList(search: string): ProjectList {
  const query = useProjectPages();
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  const wanted = search.trim().toLowerCase();
  const isIncomplete = wanted !== '' && hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (isIncomplete) void fetchNextPage();
  }, [isIncomplete, fetchNextPage]);
  const all = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return { projects: all.filter(({ name }) => name.toLowerCase().includes(wanted)), query };
}
