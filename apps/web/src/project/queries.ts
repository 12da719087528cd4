import { everyOf } from '@planwright/client';
import type { Client, Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { queryOptions, useQuery } from '@tanstack/react-query';

/**
 * What is read of the API, and by which key it is kept. All of a project is kept below `['project', id]`: its events make that
 * part stale that they are about.
 */
export const read = {
  project: (client: Client, id: string) =>
    queryOptions({ queryKey: ['project', id], queryFn: ({ signal }) => client.projects.get(id, { signal }) }),
  runs: (client: Client, projectId: string) =>
    queryOptions({
      queryKey: ['project', projectId, 'runs'],
      queryFn: ({ signal }) => client.runs.list(projectId, { limit: 50 }, { signal }),
    }),
  documents: (client: Client, projectId: string) =>
    queryOptions({
      queryKey: ['project', projectId, 'documents'],
      queryFn: async ({ signal }) => (await client.documents.list(projectId, { limit: 100 }, { signal })).items,
    }),
  document: (client: Client, projectId: string, documentId: string) =>
    queryOptions({
      queryKey: ['project', projectId, 'document', documentId],
      queryFn: ({ signal }) => client.documents.get(documentId, { signal }),
    }),
  versions: (client: Client, projectId: string, documentId: string) =>
    queryOptions({
      queryKey: ['project', projectId, 'versions', documentId],
      queryFn: ({ signal }) => all(everyOf((page) => client.documents.versions(documentId, page, { signal }))),
    }),
  version: (client: Client, projectId: string, versionId: string) =>
    queryOptions({
      queryKey: ['project', projectId, 'version', versionId],
      queryFn: ({ signal }) => client.versions.get(versionId, { signal }),
    }),
  features: (client: Client, projectId: string) =>
    queryOptions({
      queryKey: ['project', projectId, 'features'],
      queryFn: async ({ signal }) => (await client.features.list(projectId, { limit: 100 }, { signal })).items,
    }),
  coverage: (client: Client, projectId: string) =>
    queryOptions({
      queryKey: ['project', projectId, 'coverage'],
      queryFn: ({ signal }) => client.coverage.get(projectId, { signal }),
    }),
  blueprints: (client: Client) =>
    queryOptions({
      queryKey: ['blueprints'],
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: async ({ signal }) => (await client.blueprints.list({ signal })).items,
    }),
};

export type Project = Schemas['Project'];

export const useProject = (projectId: string) => useQuery(read.project(useClient(), projectId));
export const useRuns = (projectId: string) => useQuery(read.runs(useClient(), projectId));
export const useDocuments = (projectId: string) => useQuery(read.documents(useClient(), projectId));
export const useBlueprints = () => useQuery(read.blueprints(useClient()));

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** A run that has not ended. */
export const isActive = ({ status }: { status: string }): boolean => status === 'queued' || status === 'running';
