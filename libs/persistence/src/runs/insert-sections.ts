import type { StepClass } from '@planwright/contracts';
import { estimateTokens } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { NewRun, NewRunDocument } from './new-run.js';

interface SectionRow {
  versionId: string;
  sectionId: string;
  title: string;
  order: number;
  stepId: string | null;
}

interface StepRow {
  id: string;
  documentId: string;
  versionId: string;
  sectionId: string;
  stage: number;
  ordinal: number;
  class: StepClass;
  estimatedTokens: number;
  instructions: string | null;
}

/** Writes all sections and steps of a run, with one statement each. `documentIds` are those of the run's documents. */
export async function insertSections(manager: EntityManager, run: NewRun, documentIds: readonly string[]) {
  const steps = run.documents
    .flatMap((document, i) => stepsOf(run, document, documentIds[i] ?? ''))
    .map((step, i, all): StepRow => ({
      ...step,
      ordinal: i + 1,
      class: all.length === 1 ? soleClass(run) : step.class,
    }));
  const sections = run.documents.flatMap(({ versionId, blueprint, steps: own }) =>
    blueprint.sections.map(({ id, title, order }): SectionRow => {
      return { versionId, sectionId: id, title, order, stepId: own.find((step) => step.sectionId === id)?.id ?? null };
    }),
  );
  await rows(
    manager,
    `INSERT INTO sections (version_id, section_id, workspace_id, title, "order", step_id)
     SELECT "versionId", "sectionId", $1, title, "order", "stepId"
     FROM jsonb_to_recordset($2::jsonb) AS (
       "versionId" uuid, "sectionId" text, title text, "order" integer, "stepId" uuid)`,
    [run.workspaceId, JSON.stringify(sections)],
  );
  await rows(
    manager,
    `INSERT INTO steps (id, workspace_id, run_id, document_id, version_id, section_id, stage, ordinal, class, estimated_tokens,
       instructions)
     SELECT id, $1, $2, "documentId", "versionId", "sectionId", stage, ordinal, class, "estimatedTokens", instructions
     FROM jsonb_to_recordset($3::jsonb) AS (
       id uuid, "documentId" uuid, "versionId" uuid, "sectionId" text, stage integer, ordinal integer, class text,
       "estimatedTokens" integer, instructions text)`,
    [run.workspaceId, run.id, JSON.stringify(steps)],
  );
}

/** What a section that is taken over has from the `old` one: its text with all that is known of how it was made. */
export const TAKEN_OVER = `content = old.content, sha256 = old.sha256, step_id = old.step_id,
  provider = old.provider, model = old.model, prompt_hash = old.prompt_hash, template_hash = old.template_hash,
  input_hash = old.input_hash, made_from = old.made_from, usage = old.usage, cost = old.cost,
  unpriced_calls = old.unpriced_calls, generated_at = old.generated_at, warnings = old.warnings`;

/**
 * Copies finished sections as they are, with the step that wrote them: text, hashes, warnings, usage and cost are what they
 * were, and so are the ids of their requirements. The run's numbers begin with what its first document has by that.
 */
export async function carrySections(manager: EntityManager, run: NewRun, first: NewRunDocument): Promise<void> {
  const carried = run.documents.flatMap(({ versionId, carried = [] }) => carried.map((one) => ({ versionId, ...one })));
  if (carried.length === 0) return;
  const copied = await rows(
    manager,
    `UPDATE sections s SET status = 'completed', ${TAKEN_OVER}
     FROM jsonb_to_recordset($2::jsonb) AS carried ("versionId" uuid, "sectionId" text, "fromVersionId" uuid)
     JOIN sections old ON old.version_id = carried."fromVersionId" AND old.section_id = carried."sectionId"
       AND old.status = 'completed' AND old.workspace_id = $1
     WHERE s.version_id = carried."versionId" AND s.section_id = carried."sectionId" AND s.step_id IS NULL
     RETURNING 1`,
    [run.workspaceId, JSON.stringify(carried)],
  );
  if (copied.length !== carried.length) {
    throw new Error(`run ${run.id}: ${carried.length - copied.length} carried sections are not finished, or not there`);
  }
  await carryRequirements(manager, carried);
  const begins = first.carried?.length ?? 0;
  if (begins > 0) await rows(manager, 'UPDATE runs SET sections_completed = $2 WHERE id = $1', [run.id, begins]);
}

/** What is taken over keeps the ids of its requirements; one that another section of the version has already stays there. */
export async function carryRequirements(
  manager: EntityManager,
  carried: readonly { versionId: string; sectionId: string; fromVersionId: string }[],
): Promise<void> {
  await rows(
    manager,
    `INSERT INTO requirements (workspace_id, document_id, version_id, section_id, key, quote, hash, position)
     SELECT old.workspace_id, old.document_id, carried."versionId", old.section_id, old.key, old.quote, old.hash, old.position
     FROM jsonb_to_recordset($1::jsonb) AS carried ("versionId" uuid, "sectionId" text, "fromVersionId" uuid)
     JOIN requirements old ON old.version_id = carried."fromVersionId" AND old.section_id = carried."sectionId"
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(carried)],
  );
}

/** Steps with what each belongs to. Every section is written or carried: what nobody does would be pending for ever. */
function stepsOf(run: NewRun, document: NewRunDocument, documentId: string): Omit<StepRow, 'ordinal'>[] {
  const { kind, versionId, blueprint, steps, carried = [] } = document;
  const covered = [...steps, ...carried].map(({ sectionId }) => sectionId);
  const missing = blueprint.sections.find(({ id }) => !covered.includes(id));
  if (missing) throw new Error(`${kind}: no step writes section ${missing.id}`);
  const twice = covered.find((id, i) => covered.indexOf(id) !== i);
  if (twice !== undefined) throw new Error(`${kind}: section ${twice} is written twice, or carried as well`);
  const { idea, constraints, feature_description: described = '' } = run.inputSnapshot;
  const inputChars = idea.length + constraints.length + described.length;
  return steps.map(({ id, sectionId, instructions = null }) => {
    const stage = blueprint.stages.find(({ sections }) => sections.includes(sectionId));
    const section = blueprint.sections.find((candidate) => candidate.id === sectionId);
    if (!stage || !section) throw new Error(`${kind}: blueprint ${blueprint.id} has no section ${sectionId}`);
    return {
      id,
      documentId,
      versionId,
      sectionId,
      stage: stage.number,
      class: run.kind === 'feature' ? 'features' : stage.streamed ? 'interactive' : 'background',
      estimatedTokens: estimateTokens(section, blueprint, inputChars + (instructions?.length ?? 0)),
      instructions,
    };
  });
}

/** Whoever asks for one section is waiting for it. */
const soleClass = ({ kind }: NewRun): StepClass => (kind === 'feature' ? 'features' : 'interactive');
