import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import type { Conflict } from './conflict.js';
import type { Choices } from './wish.js';

interface ConflictNoticeProps {
  projectId: string;
  conflict: Conflict;
  /** What was chosen already, and did not help. */
  chosen: Choices['onConflict'];
  onChoose: (onConflict: Choices['onConflict']) => void;
}

/** Another run writes this: where it is, and what can be done. */
export function ConflictNotice({ projectId, conflict, chosen, onChoose }: ConflictNoticeProps): ReactElement {
  return (
    <div role="alert">
      <Notice
        tone="warn"
        actions={
          <>
            {chosen !== 'enqueue' && (
              <Button small onClick={() => onChoose('enqueue')}>
                Start after it
              </Button>
            )}
            {chosen !== 'replace' && (
              <Button small onClick={() => onChoose('replace')}>
                Cancel it and start this
              </Button>
            )}
          </>
        }
      >
        {conflict.sentence} <Link href={`/projects/${projectId}/runs#${conflict.runId}`}>See that run</Link>
      </Notice>
    </div>
  );
}

/** What was chosen about the run that is in the way, until it is taken back. */
export function ConflictChoice({
  chosen,
  onUndo,
}: {
  chosen: 'enqueue' | 'replace';
  onUndo: () => void;
}): ReactElement {
  return (
    <Notice
      tone="info"
      actions={
        <Button small onClick={onUndo}>
          Undo
        </Button>
      }
    >
      {chosen === 'enqueue'
        ? 'This starts as soon as the run that is in the way has ended.'
        : 'The run that is in the way is cancelled when you press Regenerate.'}
    </Notice>
  );
}
