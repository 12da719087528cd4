import type { Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { isActive } from '../project/queries.js';
import { useSettled } from '../ui/use-settled.js';

type ListedProject = Schemas['ListedProject'];

const PAGE = 25;
/** What is typed is searched for after a pause of this length. */
const SETTLED_MS = 200;
/** The list is asked for again this often: while a run of it is under way, and otherwise. */
const SOON_MS = 3_000;
const LATER_MS = 30_000;

interface ProjectList {
  readonly projects: readonly ListedProject[];
  /** What was searched for; empty where all are listed. */
  readonly words: string;
  /** True where the server has said that there are none. */
  readonly isNone: boolean;
  readonly query: ReturnType<typeof useProjectPages>;
}

function useProjectPages(words: string) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['projects', words],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.projects.list(
        { limit: PAGE, ...(words !== '' && { q: words }), ...(pageParam !== null && { cursor: pageParam }) },
        { signal },
      ),
    getNextPageParam: (page) => page.next_cursor,
    // What was found before stays until there is something else.
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(isBusy)) ? SOON_MS : LATER_MS),
  });
}

const isBusy = ({ newest_run: run }: ListedProject) => run !== null && isActive(run);

/** Projects that say what is searched for, newest first, a page at a time. */
export function useProjectList(search: string): ProjectList {
  const words = useSettled(search.trim(), SETTLED_MS);
  const query = useProjectPages(words);
  const projects = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const isNone = query.isSuccess && !query.isPlaceholderData && projects.length === 0;
  return { projects, words, isNone, query };
}
