import type { Blueprint, RunKind, RunStatus, StepProblem, VersionStatus } from '@planwright/contracts';
import { cachesPrefix } from '@planwright/contracts';
import type { DocumentState } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { CONSUMER } from '../messages/inbox.repository.js';
import { preparedRows } from '../sql.js';
import type { LockedRun } from './locked-run.js';
import type { StepRow } from './step-state.js';
import { STEP_JSON, stepState } from './step-state.js';

interface RunRow {
  workspaceId: string;
  projectId: string;
  kind: RunKind;
  status: RunStatus;
  provider: string;
  model: string;
  blueprints: Record<string, Blueprint>;
  eventSeq: number;
  problem: StepProblem | null;
  cancelRequestedAt: Date | null;
  cancelNotedAt: Date | null;
}

interface PartsRow {
  lockedAt: Date;
  waiting: boolean;
  handled: string[];
  versions: VersionRow[];
  steps: StepRow[];
}

interface VersionRow {
  id: string;
  documentId: string;
  kind: string;
  status: VersionStatus;
  currentStage: number | null;
  carried: string[];
}

const RUN = `
  SELECT workspace_id AS "workspaceId", project_id AS "projectId", kind, status, provider, model,
    pinned_blueprints AS blueprints, event_seq AS "eventSeq", problem,
    cancel_requested_at AS "cancelRequestedAt", cancel_noted_at AS "cancelNotedAt"
  FROM runs WHERE id = $1 FOR UPDATE`;

/** A statement of its own: it sees what was committed until the lock was held. */
const PARTS = `
  SELECT clock_timestamp()::timestamptz(3) AS "lockedAt",
    EXISTS (SELECT 1 FROM run_scopes WHERE run_id = $1 AND waiting) AS waiting,
    ARRAY(SELECT message_id::text FROM inbox WHERE consumer = $2 AND message_id = ANY($3::uuid[])) AS handled,
    (
      SELECT json_agg(json_build_object(
        'id', v.id, 'documentId', v.document_id, 'kind', d.kind, 'status', v.status, 'currentStage', v.current_stage,
        'carried', ARRAY(
          SELECT s.section_id FROM sections s
          WHERE s.version_id = v.id AND s.status = 'completed'
            AND NOT EXISTS (SELECT 1 FROM steps t WHERE t.version_id = v.id AND t.section_id = s.section_id)
          ORDER BY s."order"
        )
      ) ORDER BY v.run_position)
      FROM document_versions v JOIN documents d ON d.id = v.document_id WHERE v.run_id = $1
    ) AS versions,
    (SELECT json_agg(${STEP_JSON} ORDER BY t.ordinal) FROM steps t WHERE t.run_id = $1) AS steps`;

/**
 * Locks a run's row (FOR UPDATE) and reads its state. Whoever changes anything of a run holds this lock, so versions,
 * sections, steps and the inbox of its messages need none of their own. Null when there is no such run.
 */
export async function lockRun(
  manager: EntityManager,
  runId: string,
  messageIds: readonly string[],
): Promise<LockedRun | null> {
  // One behind the other, without a pause.
  const [[run], [parts]] = await Promise.all([
    preparedRows<RunRow>(manager, 'lock_run', RUN, [runId]),
    preparedRows<PartsRow>(manager, 'locked_run', PARTS, [runId, CONSUMER, messageIds]),
  ]);
  if (!run) return null;
  if (!parts) throw new Error(`run ${runId} is locked, but can't be read`);
  const steps = parts.steps ?? [];
  const documents = (parts.versions ?? []).map(({ id, ...version }): DocumentState => {
    const blueprint = run.blueprints[version.kind];
    if (!blueprint) throw new Error(`run ${runId} has no blueprint for ${version.kind}`);
    return {
      ...version,
      versionId: id,
      blueprint,
      steps: steps.filter(({ versionId }) => versionId === id).map(stepState),
    };
  });
  const { workspaceId, projectId, kind, status, provider, model, problem, eventSeq } = run;
  return {
    runId,
    ...{ workspaceId, projectId, provider, model, eventSeq },
    cancelRequestedAt: run.cancelRequestedAt?.getTime() ?? null,
    lockedAt: parts.lockedAt.getTime(),
    handled: new Set(parts.handled),
    state: {
      ...{ runId, kind, status, problem, documents },
      waiting: parts.waiting,
      cachesPrefix: cachesPrefix(provider),
      cancelRequested: run.cancelNotedAt !== null,
    },
  };
}
