import type { Blueprint, Mode, RunKind } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import type { InputDocument, RenderInputs } from './types.js';

interface Row {
  workspaceId: string;
  projectId: string;
  runId: string;
  runKind: RunKind;
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
}

/**
 * Everything one section is rendered from, as pinned on the run. Null when the attempt is not the current one or the
 * step no longer waits for a generator: then there is nothing to send.
 */
export async function readRenderInputs(
  manager: EntityManager,
  stepId: string,
  attempt: number,
): Promise<RenderInputs | null> {
  const row = await firstRow<Row>(
    manager,
    `SELECT t.workspace_id AS "workspaceId", r.project_id AS "projectId", r.id AS "runId", r.kind AS "runKind",
       t.id AS "stepId", t.attempt, v.mode, r.provider, r.model, d.kind AS document, d.id AS "documentId",
       v.id AS "versionId", t.section_id AS "sectionId", t.stage AS "stageNumber", t.timeout_ms AS "timeoutMs", t.repair,
       v.inputs, r.input_snapshot AS "inputSnapshot", r.pinned_templates AS templates, r.pinned_blueprints -> d.kind AS blueprint
     FROM steps t
     JOIN runs r ON r.id = t.run_id
     JOIN document_versions v ON v.id = t.version_id
     JOIN documents d ON d.id = v.document_id
     WHERE t.id = $1 AND t.attempt = $2 AND t.attempt > 0 AND t.status IN ('queued', 'running')`,
    [stepId, attempt],
  );
  if (!row) return null;
  const { sectionId, stageNumber, inputs, ...rest } = row;
  const section = row.blueprint.sections.find(({ id }) => id === sectionId);
  const stage = row.blueprint.stages.find(({ number }) => number === stageNumber);
  if (!section || !stage) throw new Error(`step ${stepId} is not in blueprint ${row.blueprint.id}`);
  const used = await completedSections(manager, [row.versionId]);
  const others = await completedSections(manager, Object.values(inputs));
  const documents = Object.entries(inputs).map(([kind, versionId]): [string, InputDocument] => [
    kind,
    {
      versionId,
      sections: others
        .filter((s) => s.versionId === versionId)
        .map(({ id, title, content }) => ({ id, title, content })),
    },
  ]);
  return {
    ...rest,
    section,
    stage,
    sections: Object.fromEntries(
      used.filter(({ id }) => section.uses.includes(id)).map(({ id, content }) => [id, content]),
    ),
    documents: Object.fromEntries(documents),
  };
}

/** What is completed is final, so it does not matter that this is a statement of its own. */
function completedSections(
  manager: EntityManager,
  versionIds: string[],
): Promise<{ versionId: string; id: string; title: string; content: string }[]> {
  return rows(
    manager,
    `SELECT version_id AS "versionId", section_id AS id, title, content FROM sections
     WHERE version_id = ANY($1) AND status = 'completed' ORDER BY version_id, "order"`,
    [versionIds],
  );
}
