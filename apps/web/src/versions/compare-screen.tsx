import type { Schemas } from '@planwright/client';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useClient } from '@planwright/client/react';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { counted } from '../format/numbers.js';
import type { Project } from '../project/queries.js';
import { read } from '../project/queries.js';
import { useNames } from '../project/use-names.js';
import { useTitle } from '../shell/use-title.js';
import { ButtonLink } from '../ui/button.js';
import { Loading } from '../ui/notice.js';
import { ChangeNavigator } from './change-navigator.js';
import { ComparedSections } from './compared-sections.js';
import { compared } from './diff-blocks.js';
import { ReadFailure } from './read-failure.js';
import { diffTasks } from './task-texts.js';
import { comparePath, documentPath, versionPath, versionsPath } from './version-words.js';
import styles from './versions.module.css';

interface CompareScreenProps {
  project: Project;
  from: string;
  to: string;
}

/** Two versions of a document, section by section: what was taken out and what came in. */
export default function CompareScreen({ project, from, to }: CompareScreenProps): ReactElement {
  const client = useClient();
  const names = useNames();
  const [search, setSearch] = useSearchParams();
  const isBeside = search.get('view') === 'side';
  const diff = useQuery({
    queryKey: ['project', project.id, 'diff', from, to],
    queryFn: ({ signal }) => client.versions.diff(from, to, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const before = useQuery(read.version(client, project.id, from));
  const after = useQuery(read.version(client, project.id, to));
  const documentId = after.data?.document_id ?? '';
  const document = useQuery({ ...read.document(client, project.id, documentId), enabled: documentId !== '' });
  const result = useMemo(() => {
    const contentIn = (version: Schemas['Version'] | undefined) =>
      version?.sections.find(({ content }) => content)?.content ?? '';
    return compared(diffTasks(contentIn(before.data), contentIn(after.data)) ?? diff.data?.sections ?? []);
  }, [diff.data, before.data, after.data]);

  const name = document.data ? names.document(document.data.kind) : '';
  const numbers = before.data && after.data ? [before.data.number, after.data.number] : null;
  useTitle(numbers && `${name}: version ${numbers[0]} and ${numbers[1]} · ${project.name}`);
  const failure = diff.error ?? before.error ?? after.error ?? document.error;
  if (failure)
    return (
      <ReadFailure
        error={failure}
        onRetry={() => void Promise.all([diff, before, after, document].map((one) => one.refetch()))}
      />
    );
  if (!diff.data || !document.data || !numbers) return <Loading what="the comparison" />;

  const texts = new Map(after.data?.sections.map(({ id, content }) => [id, content ?? '']));
  const show = (view: string) =>
    setSearch((params) => (view === '' ? params.delete('view') : params.set('view', view), params), { replace: true });
  return (
    <>
      <nav className={styles.crumbs} aria-label="Where you are">
        <Link href={documentPath(project.id, document.data.kind)}>{name}</Link>
        <Link href={versionsPath(project.id, documentId)}>Version history</Link>
      </nav>
      <div className={styles.head}>
        <h2>
          From <Link href={versionPath(project.id, documentId, from)}>version {numbers[0]}</Link> to{' '}
          <Link href={versionPath(project.id, documentId, to)}>version {numbers[1]}</Link>
        </h2>
        <ButtonLink look="quiet" small href={`${comparePath(project.id, documentId, to, from)}${location.search}`}>
          Swap
        </ButtonLink>
      </div>
      <div className={styles.tools}>
        <fieldset className={styles.views}>
          <legend className="visually-hidden">How to show changes</legend>
          {[
            { view: '', title: 'Inline' },
            { view: 'side', title: 'Side by side' },
          ].map(({ view, title }) => (
            <label key={title}>
              <input type="radio" name="view" checked={isBeside === (view === 'side')} onChange={() => show(view)} />
              {title}
            </label>
          ))}
        </fieldset>
        <ChangeNavigator changes={result.changes} />
      </div>
      {result.changes === 0 ? (
        <p className={styles.hint}>The texts of these versions are the same.</p>
      ) : (
        <p className={styles.hint}>
          {counted(result.changes, 'change')} in{' '}
          {counted(result.sections.filter(({ status }) => status !== 'same').length, 'part')}.{' '}
          <ins className={styles.ins}>Underlined</ins> is new, <del className={styles.del}>struck through</del> is gone.
        </p>
      )}
      <ComparedSections sections={result.sections} isBeside={isBeside} texts={texts} />
    </>
  );
}
