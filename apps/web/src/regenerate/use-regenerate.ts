import type { Client } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { isConflict } from './conflict.js';
import { startedRuns } from './started-runs.js';
import type { StartedRun } from './started-runs.js';
import type { RegenerateRequest } from './wish.js';
import { useSettled } from '../ui/use-settled.js';

const SETTLED_MS = 450;
/** A run that is in the way ends by itself: so often it is asked whether it has. */
const ASKED_AGAIN_MS = 3_000;

const previewOf = (client: Client, projectId: string, request: RegenerateRequest) =>
  queryOptions({
    // Not below the project's key: what starting a run makes stale is not asked for while its dialog closes.
    queryKey: ['preview', projectId, request],
    queryFn: ({ signal }) =>
      request.route === 'section'
        ? client.sections.preview(request.prdId, request.sectionId, request.body, { signal })
        : client.runs.preview(projectId, request.body, { signal }),
    // The board and other runs go on: what was true a moment ago is asked for again.
    staleTime: 2_000,
    gcTime: 10_000,
  });

/** What the request would write and take, again whenever it has changed and settled. */
export function usePreview(projectId: string, request: RegenerateRequest, isWanted = true) {
  const settled = useSettled(request, SETTLED_MS);
  const preview = useQuery({
    ...previewOf(useClient(), projectId, settled),
    placeholderData: keepPreviousData,
    enabled: isWanted,
    refetchInterval: ({ state: { error } }) => (isConflict(error) ? ASKED_AGAIN_MS : false),
  });
  const isBehind = preview.isFetching || JSON.stringify(settled) !== JSON.stringify(request);
  return { ...preview, isBehind };
}

/**
 * Starts what was asked for, and notes what to ask about once it has ended. Sections that were `declined` a moment ago are
 * not asked about again.
 */
export function useRegenerate(projectId: string, about: StartedRun['about'], declined: readonly string[] = []) {
  const client = useClient();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (request: RegenerateRequest) => {
      const { documents, affected } = await queries.fetchQuery(previewOf(client, projectId, request));
      const answer = await start(client, projectId, request);
      const written = documents.flatMap(({ sections }) => sections.map(({ id }) => id));
      const left = affected.map(({ document, sections }) => ({
        document,
        sections: sections.filter((id) => !declined.includes(id)),
      }));
      startedRuns.add({ runId: answer.runId, projectId, about, written, affected: left });
      return answer;
    },
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['project', projectId] }),
  });
}

async function start(client: Client, projectId: string, request: RegenerateRequest) {
  if (request.route === 'run') {
    const { id } = await client.runs.start(projectId, request.body);
    return { runId: id, warning: null };
  }
  const { run_id: runId, warning } = await client.sections.regenerate(request.prdId, request.sectionId, request.body);
  return { runId, warning };
}
