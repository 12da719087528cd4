import type { ReactElement, ReactNode } from 'react';
import { memo } from 'react';
import type { Schemas } from '@planwright/client';
import { Markdown } from '../markdown/markdown.js';
import type { Project } from '../project/queries.js';
import { SectionActions } from '../regenerate/section-actions.js';
import { Badge } from '../ui/badge.js';
import { Notice } from '../ui/notice.js';
import { Spinner } from '../ui/spinner.js';
import { DelayLine } from './delay-line.js';
import { isWritten } from './look-words.js';
import { RetryButton } from './retry-button.js';
import type { ShownSection } from './shown-sections.js';
import styles from './plan.module.css';

interface SectionBlockProps {
  project: Project;
  document: Schemas['Document'] | null;
  section: ShownSection;
  /** The ended run that a failed section is retried with; null while a run is under way. */
  retryRunId: string | null;
}

/** One section: its title, what can be done with it, and its text in whatever state that is. Drawn again only if that changes. */
export const SectionBlock = memo(function SectionBlock(props: SectionBlockProps): ReactElement {
  const { project, document, section } = props;
  const { id, title, look } = section;
  const isBusy = look === 'writing' || look === 'coming';
  return (
    <section
      id={id}
      className={styles.section}
      aria-labelledby={`${id}-title`}
      aria-busy={isBusy}
      data-look={look}
      data-far={isWritten(look) ? '' : undefined}
    >
      <header className={styles.sectionHead}>
        <h3 id={`${id}-title`}>{title}</h3>
        {look === 'stale' && <Badge tone="warn">Stale</Badge>}
        {document && (look === 'done' || look === 'stale' || look === 'failed') && (
          <div className={styles.sectionActions} data-print="no">
            <SectionActions project={project} document={document} sectionId={id} />
          </div>
        )}
      </header>
      <SectionText {...props} />
    </section>
  );
});

function SectionText({ project, section, retryRunId }: SectionBlockProps): ReactElement {
  const { look, text, delay, warnings } = section;
  switch (look) {
    case 'waiting':
      return <Placeholder>Waits for its turn.</Placeholder>;
    case 'coming':
      return (
        <Placeholder>
          <Spinner /> Generating…
        </Placeholder>
      );
    case 'delayed':
      return delay ? <DelayLine {...delay} /> : <Placeholder>Waits for its turn.</Placeholder>;
    case 'writing':
    case 'done':
    case 'stale':
      return (
        <>
          <Markdown text={text} isGrowing={look === 'writing'} />
          {warnings.length > 0 && (
            <ul className={styles.warnings} role="list" aria-label="Worth a look">
              {warnings.map((message) => (
                <li key={message}>{message}</li>
              ))}
            </ul>
          )}
        </>
      );
    case 'failed':
    case 'cancelled':
    case 'none':
      return (
        <>
          {look === 'failed' ? (
            <Notice tone="bad" actions={retryRunId && <RetryButton projectId={project.id} runId={retryRunId} />}>
              <p>
                <strong>{section.error ?? 'This section could not be written'}.</strong>{' '}
                {retryRunId ? section.advice : 'You can retry it when the run has ended.'}
              </p>
            </Notice>
          ) : (
            <Placeholder>
              {look === 'cancelled' ? 'Not finished: the run was stopped.' : 'Not written yet.'}
            </Placeholder>
          )}
          {text !== '' && (
            <div className={styles.cutOff}>
              <p className={styles.soft}>What was written before it stopped:</p>
              <Markdown text={text} />
            </div>
          )}
        </>
      );
  }
}

function Placeholder({ children }: { children: ReactNode }): ReactElement {
  return <p className={styles.placeholder}>{children}</p>;
}
