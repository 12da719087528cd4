import type { ReactElement } from 'react';
import { useRef } from 'react';
import { Link } from 'wouter';
import { Ago } from '../format/ago.js';
import type { Project } from '../project/queries.js';
import { DocumentActions } from '../regenerate/document-actions.js';
import { StaleNotice } from '../regenerate/stale-notice.js';
import { ErrorNotice, Loading } from '../ui/notice.js';
import { Announcer } from './announcer.js';
import { EndedNotice } from './ended-notice.js';
import { endedWords } from './ended-words.js';
import { Outline } from './outline.js';
import { nameOfKind } from './run-choices.js';
import { RunProgress } from './run-progress.js';
import { SectionBlock } from './section-block.js';
import { StartCard } from './start-card.js';
import { useDeepLink } from './use-deep-link.js';
import { useFollow } from './use-follow.js';
import type { Plan } from './use-plan.js';
import { usePlan } from './use-plan.js';
import styles from './plan.module.css';

/** One document of a project: as it is being written, and after. */
export default function PlanScreen({ project, kind }: { project: Project; kind: string }): ReactElement {
  const plan = usePlan(project, kind);
  const text = useRef<HTMLDivElement>(null);
  const follow = useFollow(text, plan.live !== null);
  const isThere = plan.sections.length > 0;
  useDeepLink(isThere);
  if (plan.error && !isThere) return <ErrorNotice error={plan.error} onRetry={plan.refetch} />;
  if (plan.isLoading && !isThere) return <Loading what="the document" />;
  if (!isThere && !plan.live) {
    return <StartCard project={project} kind={kind} onStart={() => follow.set(true)} />;
  }
  const { live, unfinished, version, document, sections } = plan;
  return (
    <div className={styles.screen}>
      <Outline sections={sections} />
      <article className={styles.document} aria-labelledby="document-title">
        <header className={styles.head}>
          <div className={styles.headRow}>
            <h2 id="document-title">{plan.blueprint?.title ?? nameOfKind(kind)}</h2>
            {document && (
              <div className={styles.actions} data-print="no">
                <DocumentActions project={project} document={document} />
              </div>
            )}
          </div>
          <GeneratedLine project={project} plan={plan} />
        </header>
        {live ? (
          <RunProgress projectId={project.id} kind={kind} live={live} follow={follow} />
        ) : (
          <StaleNotice project={project} />
        )}
        {unfinished && (
          <EndedNotice
            project={project}
            unfinished={unfinished}
            isOtherShown={version?.id !== unfinished.document.version_id}
          />
        )}
        <div ref={text} className={styles.sections}>
          {sections.map((section) => (
            <SectionBlock
              key={section.id}
              project={project}
              document={document}
              section={section}
              retryRunId={live ? null : (version?.run_id ?? unfinished?.run.id ?? null)}
            />
          ))}
        </div>
      </article>
      <Announcer
        sections={sections}
        isWriting={live !== null}
        outcome={unfinished ? endedWords(unfinished).title : outcomeOf(kind)}
      />
    </div>
  );
}

const outcomeOf = (kind: string) =>
  kind === 'prd' ? 'The plan is ready.' : `The ${nameOfKind(kind).toLowerCase()} is ready.`;

/** Who wrote the text on the screen, and when. Keeps its line while that changes. */
function GeneratedLine({ project, plan: { live, version } }: { project: Project; plan: Plan }): ReactElement {
  if (live) {
    return (
      <p className={styles.soft}>
        Being written by {live.run.provider} {live.run.model}
      </p>
    );
  }
  if (!version) return <p className={styles.soft}>&nbsp;</p>;
  const at = `/projects/${project.id}/documents/${version.document_id}/versions/${version.id}`;
  const dates = version.sections.map(({ generated_at: date }) => date).filter((date) => date !== null);
  const last = dates.toSorted().at(-1) ?? version.created_at;
  return (
    <p className={styles.soft}>
      Last generated <Ago at={last} /> by {version.provider ?? 'several providers'} {version.model}
      <span data-print="no">
        {' · '}
        <Link href={at}>Version {version.number}</Link>
      </span>
    </p>
  );
}
