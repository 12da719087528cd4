import type { ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Project } from '../project/queries.js';
import { read, useRuns } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { useTitle } from '../shell/use-title.js';
import { Button, ButtonLink } from '../ui/button.js';
import { Empty, Loading } from '../ui/notice.js';
import { ActivateDialog } from './activate-dialog.js';
import { ReadFailure } from './read-failure.js';
import { VersionRow } from './version-row.js';
import { chosenTwo, comparedPair, comparePath, documentPath } from './version-words.js';
import styles from './versions.module.css';

/** All versions of a document, newest first: read, compare and activate them. */
export default function VersionsScreen({
  project,
  documentId,
}: {
  project: Project;
  documentId: string;
}): ReactElement {
  const client = useClient();
  const names = useNames();
  const document = useQuery(read.document(client, project.id, documentId));
  const versions = useQuery(read.versions(client, project.id, documentId));
  const runs = useRuns(project.id).data?.items ?? [];
  const [chosen, setChosen] = useState<string[]>([]);
  const [activated, setActivated] = useState<string | null>(null);
  const name = document.data ? names.document(document.data.kind) : '';
  useTitle(document.data ? `Versions of the ${name} · ${project.name}` : null);

  const failure = versions.error ?? document.error;
  if (failure && !(versions.data && document.data)) {
    return <ReadFailure error={failure} onRetry={() => void Promise.all([versions.refetch(), document.refetch()])} />;
  }
  if (!versions.data || !document.data) return <Loading what="the versions" />;
  const active = document.data.active_version?.id ?? null;
  const pair = comparedPair(versions.data, chosen);
  const toActivate = versions.data.find(({ id }) => id === activated);
  return (
    <>
      <nav className={styles.crumbs} aria-label="Where you are">
        <Link href={documentPath(project.id, document.data.kind)}>{name}</Link>
      </nav>
      <div className={styles.head}>
        <h2>Version history</h2>
        {pair ? (
          <ButtonLink href={comparePath(project.id, documentId, pair[0].id, pair[1].id)} look="primary">
            Compare {pair[0].number} and {pair[1].number}
          </ButtonLink>
        ) : (
          versions.data.length > 1 && (
            <Button disabled aria-describedby="compare-hint">
              Compare
            </Button>
          )
        )}
      </div>
      {versions.data.length > 1 && (
        <p id="compare-hint" className={styles.hint}>
          Choose two versions to compare them.
        </p>
      )}
      {versions.data.length === 0 && (
        <Empty title="No versions yet">
          <p>Each time this document is written, its text is kept here.</p>
        </Empty>
      )}
      <ol role="list" className={styles.list}>
        {versions.data.map((version) => (
          <VersionRow
            key={version.id}
            projectId={project.id}
            version={version}
            run={runs.find(({ id }) => id === version.run_id)}
            isActive={version.id === active}
            isChosen={versions.data.length > 1 ? chosen.includes(version.id) : null}
            onChoose={() => setChosen(chosenTwo(chosen, version.id))}
            onActivate={() => setActivated(version.id)}
          />
        ))}
      </ol>
      {toActivate && (
        <ActivateDialog
          project={project}
          kind={document.data.kind}
          version={toActivate}
          activeId={active}
          onClose={() => setActivated(null)}
        />
      )}
    </>
  );
}
