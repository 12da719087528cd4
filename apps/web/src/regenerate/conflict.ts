import { PlanwrightError } from '@planwright/client';
import type { Names } from '../project/names.js';

/** Another run is in the way. */
export interface Conflict {
  runId: string;
  /** The server's own sentence, with names for ids. */
  sentence: string;
}

/** Another run is in the way, and may be gone in a moment. */
export const isConflict = (error: unknown): error is PlanwrightError =>
  error instanceof PlanwrightError && error.problem.code === 'run_active';

/** The run that is in the way of what was asked for; null for any other error. */
export function conflictOf(error: unknown, names: Names): Conflict | null {
  if (!isConflict(error)) return null;
  const { run_id: runId, scope, detail } = error.problem;
  if (typeof runId !== 'string') return null;
  const named = detail.replaceAll(/\brun [0-9a-f-]{36}/gi, 'Another run');
  if (typeof scope !== 'string') return { runId, sentence: named };
  const name = names.isDocument(scope) ? `the ${names.document(scope)}` : names.section(scope);
  return { runId, sentence: named.replaceAll(new RegExp(`\\b${scope}\\b`, 'g'), name) };
}
