import type { Client, Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { isIn } from './months.js';
import type { Month } from './months.js';

/** Limits change by the second; they are asked for as long as the page is looked at. */
const LIMITS_EVERY_MS = 4_000;
const USAGE_EVERY_MS = 30_000;
/** There is no list of all runs: those of the newest projects are looked through. */
const PROJECTS = 20;

interface RunOfProject {
  run: Schemas['RunSummary'];
  project: Pick<Schemas['Project'], 'id' | 'name'>;
}

const reads = {
  usage: (client: Client, { id, from, to }: Month) =>
    queryOptions({
      queryKey: ['usage', id],
      queryFn: ({ signal }) => client.usage.get({ from, to }, { signal }),
      placeholderData: keepPreviousData,
      refetchInterval: USAGE_EVERY_MS,
    }),
  limits: (client: Client) =>
    queryOptions({
      queryKey: ['limits'],
      queryFn: ({ signal }) => client.limits.get({ signal }),
      refetchInterval: LIMITS_EVERY_MS,
    }),
  runs: (client: Client) =>
    queryOptions({
      queryKey: ['usage', 'runs'],
      queryFn: async ({ signal }): Promise<RunOfProject[]> => {
        const { items } = await client.projects.list({ limit: PROJECTS }, { signal });
        const lists = await Promise.all(
          items.map(async ({ id, name }) => {
            const runs = await client.runs.list(id, { limit: 50 }, { signal });
            return runs.items.map((run) => ({ run, project: { id, name } }));
          }),
        );
        return lists.flat().sort((a, b) => (a.run.created_at < b.run.created_at ? 1 : -1));
      },
      staleTime: USAGE_EVERY_MS,
    }),
};

export const useUsage = (month: Month) => useQuery(reads.usage(useClient(), month));
export const useLimits = () => useQuery(reads.limits(useClient()));
export const useRunsOf = (month: Month) =>
  useQuery({
    ...reads.runs(useClient()),
    select: (runs) => runs.filter(({ run }) => run.cost !== null && isIn(month, run.created_at)),
  });
