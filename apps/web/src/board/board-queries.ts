import { useEffect } from 'react';
import { everyOf } from '@planwright/client';
import type { Client } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { read } from '../project/queries.js';
import type { Task } from './words.js';

/** Cards that were deleted or retired, the last ones first. */
const offBoard = (client: Client, projectId: string) =>
  queryOptions({
    queryKey: ['project', projectId, 'off-board'],
    queryFn: async ({ signal }) => {
      const cards: Task[] = [];
      const pages = everyOf((page) => client.tasks.list(projectId, { ...page, deleted: true }, { signal }));
      for await (const card of pages) cards.push(card);
      return cards.sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
    },
  });

export const useOffBoard = (projectId: string) => useQuery(offBoard(useClient(), projectId));
export const useCoverage = (projectId: string) => useQuery(read.coverage(useClient(), projectId));

const SETTLED_MS = 400;

/** Once the board has changed, what was read about its cards is read anew where somebody looks at it. */
export function useFreshPanels(projectId: string, tasks: readonly Task[]): void {
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const part of ['off-board', 'coverage'])
        void queries.invalidateQueries({ queryKey: ['project', projectId, part] });
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [queries, projectId, tasks]);
}
