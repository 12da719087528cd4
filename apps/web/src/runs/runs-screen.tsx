import type { ReactElement } from 'react';
import { useClient } from '@planwright/client/react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTitle } from '../shell/use-title.js';
import type { Project } from '../project/queries.js';
import { isActive, useBlueprints } from '../project/queries.js';
import { Button, ButtonLink } from '../ui/button.js';
import { Empty, ErrorNotice, Loading } from '../ui/notice.js';
import { RunRow } from './run-row.js';
import styles from './runs.module.css';

const SOON_MS = 3_000;

/** Every run of a project, newest first. */
export default function RunsScreen({ project }: { project: Project }): ReactElement {
  useTitle(`Runs of ${project.name}`);
  const client = useClient();
  const blueprints = useBlueprints();
  const query = useInfiniteQuery({
    queryKey: ['project', project.id, 'run-history'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      client.runs.list(project.id, { limit: 20, ...(pageParam !== null && { cursor: pageParam }) }, { signal }),
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(isActive)) ? SOON_MS : false),
  });
  if (query.isPending) return <Loading what="the runs" />;
  if (query.error && !query.data) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  const runs = query.data?.pages.flatMap(({ items }) => items) ?? [];
  if (runs.length === 0) {
    return (
      <Empty title="Nothing has run yet">
        <p>A run writes one or more documents. The first one starts from the PRD.</p>
        <ButtonLink href={`/projects/${project.id}/plan/prd`} look="primary">
          Go to the PRD
        </ButtonLink>
      </Empty>
    );
  }
  return (
    <>
      <h2 className="visually-hidden">Runs</h2>
      <ol role="list" className={styles.list}>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} blueprints={blueprints.data ?? []} />
        ))}
      </ol>
      {query.hasNextPage && (
        <div className={styles.more}>
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </>
  );
}
