import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { useClient } from '@planwright/client/react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Ago } from '../format/ago.js';
import { isActive } from '../project/queries.js';
import { Badge } from '../ui/badge.js';
import { Spinner } from '../ui/spinner.js';
import { progressOf, statusOf } from './run-words.js';
import styles from './projects.module.css';

const SOON_MS = 3_000;
const LATER_MS = 30_000;

/** One project of the list, with what its newest run does; that is asked again, often while it is under way. */
export function ProjectRow({ project }: { project: Schemas['Project'] }): ReactElement {
  const client = useClient();
  const newest = useQuery({
    queryKey: ['project', project.id, 'newest-run'],
    queryFn: async ({ signal }) => (await client.runs.list(project.id, { limit: 1 }, { signal })).items[0] ?? null,
    refetchInterval: ({ state }) => (state.data && isActive(state.data) ? SOON_MS : LATER_MS),
  });
  const run = newest.data;
  const { words, tone } = statusOf(run ?? null);
  const progress = run ? progressOf(run) : null;
  return (
    <li>
      <Link href={`/projects/${project.id}/plan/prd`} className={styles.row}>
        <span className={styles.name}>{project.name}</span>
        <span className={styles.idea}>{project.idea}</span>
        <span className={styles.status}>
          {run !== undefined && (
            <Badge tone={tone}>
              {run && isActive(run) && <Spinner />}
              {words}
            </Badge>
          )}
          {progress && <span>{progress}</span>}
        </span>
        <span className={styles.when}>
          <Ago at={run?.finished_at ?? run?.created_at ?? project.updated_at} />
        </span>
      </Link>
    </li>
  );
}
