import type { ReactElement } from 'react';
import { PlanwrightError } from '@planwright/client';
import { ErrorNotice, Notice } from '../ui/notice.js';

/** A part that can't be shown: who may not see it is told why, and by which role they could. */
export function ReadError({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactElement {
  if (error instanceof PlanwrightError && error.problem.code === 'forbidden') {
    return (
      <div role="status">
        <Notice tone="info">{error.problem.detail}</Notice>
      </div>
    );
  }
  return <ErrorNotice error={error} onRetry={onRetry} />;
}
