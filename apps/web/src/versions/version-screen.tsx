import type { Schemas } from '@planwright/client';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useClient } from '@planwright/client/react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Markdown } from '../markdown/markdown.js';
import type { Project } from '../project/queries.js';
import { read, useRuns } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { useTitle } from '../shell/use-title.js';
import { Badge } from '../ui/badge.js';
import { Button, ButtonLink } from '../ui/button.js';
import { Loading, Notice } from '../ui/notice.js';
import { ActivateDialog } from './activate-dialog.js';
import { ReadFailure } from './read-failure.js';
import { readableText } from './task-texts.js';
import { VersionFacts } from './version-row.js';
import { comparePath, documentPath, isReadable, statusOf, versionsPath } from './version-words.js';
import styles from './versions.module.css';

/** One version of a document, to read. */
export default function VersionScreen({ project, versionId }: { project: Project; versionId: string }): ReactElement {
  const client = useClient();
  const names = useNames();
  const [isAsking, setIsAsking] = useState(false);
  const version = useQuery(read.version(client, project.id, versionId));
  const runs = useRuns(project.id).data?.items ?? [];
  const documentId = version.data?.document_id ?? '';
  const document = useQuery({ ...read.document(client, project.id, documentId), enabled: documentId !== '' });
  const name = document.data ? names.document(document.data.kind) : '';
  useTitle(version.data && document.data ? `${name}, version ${version.data.number} · ${project.name}` : null);

  const failure = version.error ?? document.error;
  if (failure && !(version.data && document.data)) {
    return <ReadFailure error={failure} onRetry={() => void Promise.all([version.refetch(), document.refetch()])} />;
  }
  if (!version.data || !document.data) return <Loading what="the version" />;
  const { number, sections } = version.data;
  const activeId = document.data.active_version?.id ?? null;
  const isActive = activeId === versionId;
  return (
    <>
      <nav className={styles.crumbs} aria-label="Where you are" data-print="no">
        <Link href={documentPath(project.id, document.data.kind)}>{name}</Link>
        <Link href={versionsPath(project.id, documentId)}>Version history</Link>
      </nav>
      <div className={styles.head}>
        <h2>
          {name}, version {number}
        </h2>
        {isActive && <Badge tone="good">Active</Badge>}
        {version.data.status !== 'ready' && (
          <Badge tone={statusOf(version.data).tone}>{statusOf(version.data).word}</Badge>
        )}
      </div>
      <VersionFacts
        projectId={project.id}
        version={version.data}
        run={runs.find(({ id }) => id === version.data.run_id)}
      />
      {!isActive && (
        <div className={styles.banner} data-print="no">
          <Notice
            tone="info"
            actions={
              <>
                {activeId !== null && (
                  <ButtonLink small href={comparePath(project.id, documentId, activeId, versionId)}>
                    Compare with it
                  </ButtonLink>
                )}
                {isReadable(version.data) && (
                  <Button small onClick={() => setIsAsking(true)}>
                    Make this the active version
                  </Button>
                )}
              </>
            }
          >
            {activeId === null
              ? 'This is not the active version.'
              : `This is not the active version. Readers get version ${document.data.active_version?.number}.`}
          </Notice>
        </div>
      )}
      <article className={styles.text}>
        {[...sections]
          .sort((a, b) => a.order - b.order)
          .map((section) => (
            <Section key={section.id} section={section} isNamed={section.title !== name} />
          ))}
      </article>
      {isAsking && (
        <ActivateDialog
          project={project}
          kind={document.data.kind}
          version={version.data}
          activeId={activeId}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}

function Section({
  section,
  isNamed,
}: {
  section: Schemas['Version']['sections'][number];
  /** Its title says more than that of the document. */
  isNamed: boolean;
}): ReactElement {
  const { id, title, content, draft, error, status } = section;
  return (
    <section id={id}>
      <h3 className={isNamed ? styles.sectionTitle : 'visually-hidden'}>{title}</h3>
      {content !== null ? (
        <Markdown text={readableText(content)} />
      ) : (
        <>
          <Notice tone={status === 'failed' ? 'bad' : 'plain'}>
            {error ?? 'This section has no text in this version.'}
            {draft && ' What was written until then:'}
          </Notice>
          {draft && <Markdown text={draft} />}
        </>
      )}
    </section>
  );
}
