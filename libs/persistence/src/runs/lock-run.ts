import type { VersionStatus } from '@planwright/contracts';
import type { DocumentState, StepState } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { RunEntity } from '../entities/run.entity.js';
import { StepEntity } from '../entities/step.entity.js';
import { rows } from '../sql.js';
import type { LockedRun } from './locked-run.js';

interface VersionRow {
  id: string;
  documentId: string;
  kind: string;
  status: VersionStatus;
  currentStage: number | null;
  carried: string[];
  waiting: boolean;
}

/**
 * Locks a run's row (FOR UPDATE) and reads its state. Whoever changes anything of a run holds this lock, so versions,
 * sections and steps need none of their own. Null when there is no such run.
 */
export async function lockRun(manager: EntityManager, runId: string): Promise<LockedRun | null> {
  const run = await manager.findOne(RunEntity, { where: { id: runId }, lock: { mode: 'pessimistic_write' } });
  if (!run) return null;
  const versions = await rows<VersionRow>(
    manager,
    `SELECT v.id, v.document_id AS "documentId", d.kind, v.status, v.current_stage AS "currentStage",
       ARRAY(
         SELECT s.section_id FROM sections s
         WHERE s.version_id = v.id AND s.status = 'completed'
           AND NOT EXISTS (SELECT 1 FROM steps t WHERE t.version_id = v.id AND t.section_id = s.section_id)
         ORDER BY s."order"
       ) AS carried,
       EXISTS (SELECT 1 FROM run_scopes WHERE run_scopes.run_id = v.run_id AND run_scopes.waiting) AS waiting
     FROM document_versions v JOIN documents d ON d.id = v.document_id
     WHERE v.run_id = $1 ORDER BY v.run_position`,
    [runId],
  );
  const steps = await manager.find(StepEntity, { where: { runId }, order: { ordinal: 'ASC' } });
  const documents = versions.map((version): DocumentState => {
    const blueprint = run.pinnedBlueprints[version.kind];
    if (!blueprint) throw new Error(`run ${runId} has no blueprint for ${version.kind}`);
    return {
      kind: version.kind,
      documentId: version.documentId,
      versionId: version.id,
      status: version.status,
      blueprint,
      currentStage: version.currentStage,
      steps: steps.filter(({ versionId }) => versionId === version.id).map(stepState),
      carried: version.carried,
    };
  });
  return {
    runId,
    workspaceId: run.workspaceId,
    projectId: run.projectId,
    kind: run.kind,
    mode: run.mode,
    provider: run.provider,
    model: run.model,
    triggeredBy: run.triggeredBy,
    inputSnapshot: run.inputSnapshot,
    pinned: { blueprints: run.pinnedBlueprints },
    eventSeq: run.eventSeq,
    cancelRequestedAt: run.cancelRequestedAt?.getTime() ?? null,
    createdAt: run.createdAt.getTime(),
    startedAt: run.startedAt?.getTime() ?? null,
    state: {
      runId,
      kind: run.kind,
      status: run.status,
      waiting: versions.some(({ waiting }) => waiting),
      cancelRequested: run.cancelNotedAt !== null,
      problem: run.problem,
      documents,
    },
  };
}

function stepState(row: StepEntity): StepState {
  const { status, reason, position, streaming, problem } = row;
  const base = {
    stepId: row.id,
    sectionId: row.sectionId,
    stage: row.stage,
    attempt: row.attempt,
    tries: row.tries,
    rateLimits: row.rateLimits,
    spentMs: row.spentMs,
    losses: row.losses,
    repair: row.repair,
  };
  const there = <T>(column: string, value: T | null): T => {
    if (value === null) throw new Error(`step ${row.id} is ${status} and has no ${column}`);
    return value;
  };
  const at = (column: 'startedAt' | 'finishedAt' | 'nextAttemptAt') => there(column, row[column]).getTime();
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
