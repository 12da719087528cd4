import { useEffect } from 'react';
import { useClient } from '@planwright/client/react';
import { useQueryClient } from '@tanstack/react-query';

/** Reads a project's runs and documents anew whenever a run of it begins or ends, whoever started it. */
export function useProjectEvents(projectId: string): void {
  const client = useClient();
  const queries = useQueryClient();
  useEffect(() => {
    const stop = new AbortController();
    const refresh = () => void queries.invalidateQueries({ queryKey: ['project', projectId] });
    const follow = async () => {
      for await (const followed of client.projects.follow(projectId, { signal: stop.signal, from: 'now' })) {
        if (followed.type === 'reset' || 'run' in followed.event) refresh();
      }
    };
    // Without the channel the page still reads what it shows whenever it is looked at.
    follow().catch(() => undefined);
    return () => stop.abort();
  }, [client, queries, projectId]);
}
