import type { StepProblem, StepStatus } from '@planwright/contracts';
import type { StepState } from '@planwright/plan';

/** A row of `steps` as JSON has it: instants are texts. */
export interface StepRow {
  id: string;
  versionId: string;
  sectionId: string;
  stage: number;
  status: StepStatus;
  attempt: number;
  tries: number;
  rateLimits: number;
  spentMs: number;
  losses: number;
  nextAttemptAt: string | null;
  reason: string | null;
  position: number | null;
  repair: { code: string; detail: string } | null;
  streaming: boolean;
  startedAt: string | null;
  finishedAt: string | null;
  problem: StepProblem | null;
}

/** Makes a `StepRow` of the row `t`. */
export const STEP_JSON = `json_build_object(
  'id', t.id, 'versionId', t.version_id, 'sectionId', t.section_id, 'stage', t.stage, 'status', t.status,
  'attempt', t.attempt, 'tries', t.tries, 'rateLimits', t.rate_limits, 'spentMs', t.spent_ms, 'losses', t.losses,
  'nextAttemptAt', t.next_attempt_at, 'reason', t.reason, 'position', t.position, 'repair', t.repair,
  'streaming', t.streaming, 'startedAt', t.started_at, 'finishedAt', t.finished_at, 'problem', t.problem)`;

/** Throws where a row lacks what its status promises. */
export function stepState(row: StepRow): StepState {
  const { status, reason, position, streaming, problem, stage, attempt, tries, rateLimits, spentMs, losses } = row;
  const { id: stepId, sectionId, repair } = row;
  const base = { stepId, sectionId, stage, attempt, tries, rateLimits, spentMs, losses, repair };
  const there = <T>(column: string, value: T | null): T => {
    if (value === null) throw new Error(`step ${stepId} is ${status} and has no ${column}`);
    return value;
  };
  const at = (column: 'startedAt' | 'finishedAt' | 'nextAttemptAt') => Date.parse(there(column, row[column]));
  switch (status) {
    case 'queued':
      return { ...base, status };
    case 'running':
      return { ...base, status, startedAt: at('startedAt'), streaming };
    case 'delayed':
      return { ...base, status, nextAttemptAt: at('nextAttemptAt'), reason: there('reason', reason), position };
    case 'succeeded':
      return { ...base, status, startedAt: at('startedAt'), finishedAt: at('finishedAt') };
    case 'failed':
      return { ...base, status, problem: there('problem', problem) };
    case 'cancelled':
      return { ...base, status, reason: there('reason', reason) };
  }
}
