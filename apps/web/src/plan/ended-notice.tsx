import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Project } from '../project/queries.js';
import { Notice } from '../ui/notice.js';
import { endedWords } from './ended-words.js';
import { RetryButton } from './retry-button.js';
import type { RunOfDocument } from './shown-run.js';

interface EndedNoticeProps {
  project: Project;
  unfinished: RunOfDocument;
  /** The text on the screen is an older one: what the run left is a version of its own. */
  isOtherShown: boolean;
}

/** The last run left something undone: what, why, and what to do. */
export function EndedNotice({ project, unfinished, isOtherShown }: EndedNoticeProps): ReactElement {
  const { run, document } = unfinished;
  const { title, advice, tone } = endedWords(unfinished);
  const at = `/projects/${project.id}/documents/${document.id}/versions/${document.version_id}`;
  return (
    <div data-print="no">
      <Notice tone={tone} actions={<RetryButton projectId={project.id} runId={run.id} look="primary" />}>
        <p>
          <strong>{title}</strong> {advice}
          {isOtherShown && document.sections_completed > 0 && (
            <>
              {' '}
              Below is the text from before. <Link href={at}>Read what the run wrote</Link>.
            </>
          )}
        </p>
      </Notice>
    </div>
  );
}
