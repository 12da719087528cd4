import type { ReactElement } from 'react';
import { useState } from 'react';
import { Plus } from 'lucide-react';
import { useTitle } from '../shell/use-title.js';
import { Button, ButtonLink } from '../ui/button.js';
import { Empty, ErrorNotice, Loading } from '../ui/notice.js';
import { SearchField } from '../ui/search-field.js';
import { ExampleIdeas } from './example-list.js';
import { ImportProject } from './import-project.js';
import { ProjectRow } from './project-row.js';
import { useProjectList } from './use-project-list.js';
import styles from './projects.module.css';

/** All projects, newest first, with what becomes of each at the moment. */
export function ProjectsPage(): ReactElement {
  useTitle('Projects');
  const [search, setSearch] = useState('');
  const { projects, words, isNone, query } = useProjectList(search);
  const isEmpty = isNone && words === '';
  return (
    <>
      <div className={styles.head}>
        <h1>Projects</h1>
        {!isEmpty && (
          <>
            <SearchField
              label="Search projects"
              placeholder="Search names and ideas"
              value={search}
              onChange={setSearch}
              className={styles.search}
            />
            <ImportProject />
            <ButtonLink href="/projects/new" look="primary">
              <Plus /> New project
            </ButtonLink>
          </>
        )}
      </div>
      {query.isPending && <Loading what="your projects" />}
      {query.error && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {isEmpty && <FirstProject />}
      {projects.length > 0 && (
        <ul role="list" className={styles.list} aria-busy={query.isPlaceholderData}>
          {projects.map((project) => (
            <ProjectRow key={project.id} project={project} />
          ))}
        </ul>
      )}
      <p role="status" className={styles.found}>
        {isNone && !isEmpty ? `No project says “${words}”.` : null}
      </p>
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

function FirstProject(): ReactElement {
  return (
    <Empty title="Start with an idea">
      <p>
        Write down what you want to build. Planwright makes a PRD of it, section by section, then a tech spec and a
        board of tasks.
      </p>
      <ButtonLink href="/projects/new" look="primary">
        <Plus /> New project
      </ButtonLink>
      <ExampleIdeas />
      <p>Or bring a plan from elsewhere:</p>
      <ImportProject />
    </Empty>
  );
}
