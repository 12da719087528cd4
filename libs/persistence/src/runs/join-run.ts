import type { Blueprint } from '@planwright/contracts';
import { estimateTokens } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import type { LockedRun } from './locked-run.js';

/** A run that writes single sections of a document, or waits to. */
export interface JoinableRun {
  runId: string;
  waiting: boolean;
}

/** Sections a run takes on beside those it was made for. */
export interface AddedSections {
  versionId: string;
  documentId: string;
  blueprint: Blueprint;
  steps: readonly { id: string; sectionId: string; instructions: string | null }[];
}

/** The run that writes this document now, if it is one of single sections that nobody stops; else one that waits to. */
export async function readJoinable(
  manager: EntityManager,
  of: { workspaceId: string; projectId: string; kind: string },
): Promise<JoinableRun[]> {
  return rows(
    manager,
    `SELECT run_id AS "runId", waiting FROM run_scopes JOIN runs r ON r.id = run_id
     WHERE run_scopes.workspace_id = $1 AND run_scopes.project_id = $2 AND scope = $3
       AND r.kind = 'sections' AND r.cancel_requested_at IS NULL
     ORDER BY waiting`,
    [of.workspaceId, of.projectId, of.kind],
  );
}

/**
 * Gives a locked run more sections of the version it writes: what was carried over of them is set aside, and their steps
 * wait for their turn. The run must not have ended. Throws where one of them is not a finished section that was carried.
 */
export async function addSections(manager: EntityManager, run: LockedRun, added: AddedSections): Promise<void> {
  const steps = added.steps.map((step) => ({ ...step, ...placeOf(added.blueprint, step.sectionId) }));
  const inserted = await rows(
    manager,
    `WITH added AS (
       SELECT * FROM jsonb_to_recordset($5::jsonb) AS step (
         id uuid, "sectionId" text, stage integer, "estimatedTokens" integer, instructions text)
     ), last AS (SELECT max(ordinal) AS ordinal FROM steps WHERE run_id = $1), opened AS (
       UPDATE sections s SET status = 'pending', content = NULL, sha256 = NULL, step_id = added.id, provider = NULL,
         model = NULL, prompt_hash = NULL, template_hash = NULL, input_hash = NULL, made_from = NULL, usage = NULL,
         cost = NULL, unpriced_calls = NULL, generated_at = NULL, warnings = '[]'
       FROM added
       WHERE s.version_id = $3 AND s.section_id = added."sectionId" AND s.status = 'completed'
       RETURNING s.section_id
     ), gone AS (
       DELETE FROM requirements r USING opened WHERE r.version_id = $3 AND r.section_id = opened.section_id
     )
     INSERT INTO steps (id, workspace_id, run_id, document_id, version_id, section_id, stage, ordinal, class,
       estimated_tokens, instructions)
     SELECT added.id, $2, $1, $4, $3, "sectionId", stage, last.ordinal + row_number() OVER (), 'interactive',
       "estimatedTokens", instructions
     FROM added JOIN opened ON opened.section_id = added."sectionId", last
     RETURNING 1`,
    [run.runId, run.workspaceId, added.versionId, added.documentId, JSON.stringify(steps)],
  );
  if (inserted.length !== steps.length) throw new Error(`run ${run.runId} can't take on all of these sections`);
  await firstRow(
    manager,
    `UPDATE runs SET sections_completed = greatest(0, sections_completed - $2) WHERE id = $1 RETURNING 1`,
    [run.runId, steps.length],
  );
}

function placeOf(blueprint: Blueprint, sectionId: string): { stage: number; estimatedTokens: number } {
  const section = blueprint.sections.find(({ id }) => id === sectionId);
  const stage = blueprint.stages.find(({ sections }) => sections.includes(sectionId));
  if (!section || !stage) throw new Error(`blueprint ${blueprint.id} has no section ${sectionId}`);
  return { stage: stage.number, estimatedTokens: estimateTokens(section, blueprint, 0) };
}
