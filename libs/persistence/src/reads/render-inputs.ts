import type { Blueprint, Mode, StepClass } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow } from '../sql.js';
import type { InputDocument, RenderInputs } from './types.js';

interface Row {
  workspaceId: string;
  projectId: string;
  runId: string;
  stepId: string;
  attempt: number;
  mode: Mode | null;
  provider: string;
  model: string;
  document: string;
  documentId: string;
  versionId: string;
  sectionId: string;
  stageNumber: number;
  timeoutMs: number;
  repair: RenderInputs['repair'];
  inputs: Record<string, string>;
  inputSnapshot: RenderInputs['inputSnapshot'];
  templates: unknown;
  blueprint: Blueprint;
  class: StepClass;
  completed: CompletedSection[];
}

interface CompletedSection {
  versionId: string;
  id: string;
  title: string;
  content: string;
}

/**
 * Everything one section is rendered from, as pinned on the run. Null when the attempt is not the current one or the
 * step no longer waits for a generator: then there is nothing to send. One statement, as every step comes by here.
 */
export async function readRenderInputs(
  manager: EntityManager,
  stepId: string,
  attempt: number,
): Promise<RenderInputs | null> {
  const row = await firstRow<Row>(
    manager,
    `SELECT t.workspace_id AS "workspaceId", r.project_id AS "projectId", r.id AS "runId",
       t.id AS "stepId", t.attempt, v.mode, r.provider, r.model, d.kind AS document, d.id AS "documentId",
       v.id AS "versionId", t.section_id AS "sectionId", t.stage AS "stageNumber", t.timeout_ms AS "timeoutMs", t.repair, t.class,
       v.inputs, r.input_snapshot AS "inputSnapshot", r.pinned_templates AS templates, r.pinned_blueprints -> d.kind AS blueprint,
       coalesce((
         SELECT json_agg(json_build_object(
           'versionId', s.version_id, 'id', s.section_id, 'title', s.title, 'content', s.content
         ) ORDER BY s.version_id, s."order")
         FROM sections s
         WHERE s.status = 'completed'
           AND s.version_id = ANY(v.id || ARRAY(SELECT value::uuid FROM jsonb_each_text(v.inputs)))
       ), '[]') AS completed
     FROM steps t
     JOIN runs r ON r.id = t.run_id
     JOIN document_versions v ON v.id = t.version_id
     JOIN documents d ON d.id = v.document_id
     WHERE t.id = $1 AND t.attempt = $2 AND t.attempt > 0 AND t.status IN ('queued', 'running')`,
    [stepId, attempt],
  );
  if (!row) return null;
  const { sectionId, stageNumber, inputs, completed, ...rest } = row;
  const section = row.blueprint.sections.find(({ id }) => id === sectionId);
  const stage = row.blueprint.stages.find(({ number }) => number === stageNumber);
  if (!section || !stage) throw new Error(`step ${stepId} is not in blueprint ${row.blueprint.id}`);
  const used = completed.filter(({ versionId, id }) => versionId === row.versionId && section.uses.includes(id));
  const documents = Object.entries(inputs).map(([kind, versionId]): [string, InputDocument] => {
    const sections = completed.filter((other) => other.versionId === versionId);
    return [kind, { versionId, sections: sections.map(({ id, title, content }) => ({ id, title, content })) }];
  });
  return {
    ...rest,
    section,
    stage,
    sections: Object.fromEntries(used.map(({ id, content }) => [id, content])),
    documents: Object.fromEntries(documents),
  };
}
