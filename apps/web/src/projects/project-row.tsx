import type { ReactElement } from 'react';
import type { Schemas } from '@planwright/client';
import { Link } from 'wouter';
import { Ago } from '../format/ago.js';
import { isActive } from '../project/queries.js';
import { Badge } from '../ui/badge.js';
import { Spinner } from '../ui/spinner.js';
import { progressOf, statusOf } from './run-words.js';
import styles from './projects.module.css';

/** One project of the list, with what its newest run does. */
export function ProjectRow({ project }: { project: Schemas['ListedProject'] }): ReactElement {
  const { newest_run: run } = project;
  const { words, tone } = statusOf(run);
  const progress = run && progressOf(run);
  return (
    <li>
      <Link href={`/projects/${project.id}/plan/prd`} className={styles.row}>
        <span className={styles.name}>{project.name}</span>
        <span className={styles.idea}>{project.idea}</span>
        <span className={styles.status}>
          <Badge tone={tone}>
            {run && isActive(run) && <Spinner />}
            {words}
          </Badge>
          {progress && <span>{progress}</span>}
        </span>
        <span className={styles.when}>
          <Ago at={run?.finished_at ?? run?.created_at ?? project.updated_at} />
        </span>
      </Link>
    </li>
  );
}
