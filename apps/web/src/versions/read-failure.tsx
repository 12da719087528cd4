import type { ReactElement } from 'react';
import { PlanwrightError } from '@planwright/client';
import { NotFound } from '../shell/not-found.js';
import { ErrorNotice } from '../ui/notice.js';

/** What a screen is about could not be read: there is no such thing, or it is to be tried again. */
export function ReadFailure({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactElement {
  const isMissing = error instanceof PlanwrightError && [400, 404].includes(error.problem.status);
  return isMissing ? <NotFound /> : <ErrorNotice error={error} onRetry={onRetry} />;
}
