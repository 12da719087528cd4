import type { Blueprint, Mode, StepClass } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { BUDGETS } from '../ledger/budget.js';
import { preparedRows } from '../sql.js';
import type { InputDocument, RenderInputs, StepAttempt } from './types.js';

/** A version with those of its steps that were asked for: what they share is read once. */
interface Version {
  workspaceId: string;
  projectId: string;
  runId: string;
  mode: Mode | null;
  provider: string;
  model: string;
  document: string;
  documentId: string;
  versionId: string;
  inputs: Record<string, string>;
  inputSnapshot: RenderInputs['inputSnapshot'];
  templates: unknown;
  blueprint: Blueprint;
  budget: RenderInputs['budget'];
  completed: CompletedSection[];
  /** Its own sections that are still to be written. */
  open: string[];
  requirements: { versionId: string; id: string; quote: string }[];
  steps: Step[];
}

interface Step {
  /** Which of the fences it answers, from 1. */
  place: number;
  stepId: string;
  attempt: number;
  class: StepClass;
  sectionId: string;
  stageNumber: number;
  timeoutMs: number;
  repair: RenderInputs['repair'];
  instructions: string | null;
  replaced: string | null;
}

interface CompletedSection {
  versionId: string;
  id: string;
  title: string;
  content: string;
  sha256: string;
}

/**
 * Everything these sections are rendered from, as pinned on their runs; one answer for each fence, in their order. Null
 * when the attempt is not the current one, the step no longer waits for a generator or has to wait for a section it uses:
 * then there is nothing to send. One
 * statement for all, as every step comes by here.
 */
export async function readRenderInputs(
  manager: EntityManager,
  fences: readonly Pick<StepAttempt, 'stepId' | 'attempt'>[],
): Promise<(RenderInputs | null)[]> {
  if (fences.length === 0) return [];
  const versions = await preparedRows<Version>(
    manager,
    'render_inputs',
    `WITH asked AS (
       SELECT t.workspace_id, t.run_id, t.version_id, json_agg(json_build_object(
         'place', fence.place, 'stepId', t.id, 'attempt', t.attempt, 'class', t.class, 'sectionId', t.section_id,
         'stageNumber', t.stage, 'timeoutMs', t.timeout_ms, 'repair', t.repair, 'instructions', t.instructions,
         'replaced', CASE WHEN t.instructions IS NOT NULL THEN (
           SELECT old.content FROM sections old JOIN document_versions own ON own.id = t.version_id
           WHERE old.version_id = own.source_version_id AND old.section_id = t.section_id AND old.status = 'completed'
         ) END
       )) AS steps
       FROM unnest($1::uuid[], $2::bigint[]) WITH ORDINALITY AS fence (step_id, attempt, place)
       JOIN steps t ON t.id = fence.step_id AND t.attempt = fence.attempt
       WHERE t.attempt > 0 AND t.status IN ('queued', 'running')
       GROUP BY t.workspace_id, t.run_id, t.version_id
     ), budgets AS MATERIALIZED (
       SELECT * FROM (${BUDGETS}) b WHERE workspace_id IN (SELECT workspace_id FROM asked)
     )
     SELECT v.workspace_id AS "workspaceId", r.project_id AS "projectId", r.id AS "runId", v.mode, r.provider, r.model,
       d.kind AS document, d.id AS "documentId", v.id AS "versionId", v.inputs, r.input_snapshot AS "inputSnapshot",
       r.pinned_templates AS templates, r.pinned_blueprints -> d.kind AS blueprint, asked.steps,
       budgets.budget,
       coalesce((
         SELECT json_agg(json_build_object(
           'versionId', s.version_id, 'id', s.section_id, 'title', s.title, 'content', s.content, 'sha256', s.sha256
         ) ORDER BY s.version_id, s."order")
         FROM sections s
         WHERE s.status = 'completed'
           AND s.version_id = ANY(v.id || ARRAY(SELECT value::uuid FROM jsonb_each_text(v.inputs)))
       ), '[]') AS completed,
       ARRAY(
         SELECT s.section_id FROM sections s WHERE s.version_id = v.id AND s.status IN ('pending', 'generating')
       ) AS open,
       coalesce((
         SELECT json_agg(json_build_object('versionId', q.version_id, 'id', q.key, 'quote', q.quote)
           ORDER BY q.version_id, s."order", q.position)
         FROM requirements q JOIN sections s ON s.version_id = q.version_id AND s.section_id = q.section_id
         WHERE q.version_id = ANY(ARRAY(SELECT value::uuid FROM jsonb_each_text(v.inputs)))
       ), '[]') AS requirements
     FROM asked
     JOIN runs r ON r.id = asked.run_id
     JOIN document_versions v ON v.id = asked.version_id
     JOIN documents d ON d.id = v.document_id
     LEFT JOIN budgets ON budgets.workspace_id = asked.workspace_id`,
    [fences.map(({ stepId }) => stepId), fences.map(({ attempt }) => attempt)],
  );
  const found = new Map(
    versions.flatMap((version) => version.steps.map((step) => [step.place, inputsOf(step, version)] as const)),
  );
  return fences.map((_, i) => found.get(i + 1) ?? null);
}

function inputsOf({ place: _, sectionId, stageNumber, ...step }: Step, version: Version): RenderInputs | null {
  const { steps: _steps, inputs, completed, open, requirements, ...shared } = version;
  const { blueprint, versionId } = version;
  const section = blueprint.sections.find(({ id }) => id === sectionId);
  const stage = blueprint.stages.find(({ number }) => number === stageNumber);
  // Rows that contradict each other must not hold up the other steps of the call.
  if (!section || !stage) return null;
  // A section it uses was given to the run after the step was issued: it is taken back, and issued when that is written.
  const beside = stage.mode === 'parallel' ? stage.sections : [];
  if (section.uses.some((id) => open.includes(id) && !beside.includes(id))) return null;
  const used = completed.filter((other) => other.versionId === versionId && section.uses.includes(other.id));
  const documents = Object.entries(inputs).map(([kind, inputId]): [string, InputDocument] => {
    const sections = completed.filter((other) => other.versionId === inputId);
    const required = requirements.filter(({ versionId: id }) => id === inputId);
    return [
      kind,
      {
        versionId: inputId,
        sections: sections.map(({ versionId: _, ...section }) => section),
        requirements: required.map(({ id, quote }) => ({ id, quote })),
      },
    ];
  });
  return {
    ...shared,
    ...step,
    section,
    stage,
    sections: Object.fromEntries(used.map(({ id, content }) => [id, content])),
    documents: Object.fromEntries(documents),
  };
}
