import type { MadeFrom, Present, SectionLineage } from '@planwright/plan';
import { contentHash, documentHash } from '@planwright/prompts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

interface PresentRow {
  projectId: string;
  texts: Record<string, string>;
  documents:
    { kind: string; featureId: string | null; sections: { id: string; title: string; sha256: string }[] }[] | null;
}

/** What would go into the texts of a project today: those of the plan, or those of one of its features. */
export interface ProjectPresent {
  of(featureId: string | null): Present;
}

/** The present of these projects, by id, from the active versions of their documents. */
export async function readPresent(
  manager: EntityManager,
  workspaceId: string,
  projectIds: readonly string[],
): Promise<Map<string, ProjectPresent>> {
  const found = await rows<PresentRow>(
    manager,
    `SELECT p.id AS "projectId",
       json_build_object('project_name', p.name, 'idea', p.idea, 'constraints', p.constraints) AS texts, (
         SELECT json_agg(json_build_object('kind', d.kind, 'featureId', d.feature_id, 'sections', (
           SELECT coalesce(json_agg(json_build_object('id', s.section_id, 'title', s.title, 'sha256', s.sha256) ORDER BY s."order"), '[]')
           FROM sections s WHERE s.version_id = d.active_version_id AND s.status = 'completed'
         ))) FROM documents d WHERE d.project_id = p.id
       ) AS documents
     FROM projects p WHERE p.workspace_id = $1 AND p.id = ANY($2)`,
    [workspaceId, projectIds],
  );
  return new Map(found.map((row) => [row.projectId, presentOf(row)]));
}

function presentOf({ texts, documents }: PresentRow): ProjectPresent {
  const ofProject = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text === '' ? null : contentHash(text)]),
  );
  return {
    of: (featureId) => ({
      ...ofProject,
      ...Object.fromEntries(
        (documents ?? [])
          .filter((document) => document.featureId === null || document.featureId === featureId)
          .map(({ kind, sections }) => [kind, documentHash(sections)]),
      ),
    }),
  };
}

/** What the texts of these versions were made from, in document order, by version. */
export async function readLineage(
  manager: EntityManager,
  versionIds: readonly string[],
): Promise<Map<string, SectionLineage[]>> {
  const found = await rows<{ versionId: string; id: string; sha256: string | null; madeFrom: MadeFrom | null }>(
    manager,
    `SELECT version_id AS "versionId", section_id AS id, CASE status WHEN 'completed' THEN sha256 END AS sha256,
       made_from AS "madeFrom"
     FROM sections WHERE version_id = ANY($1) ORDER BY version_id, "order"`,
    [versionIds],
  );
  return new Map(
    versionIds.map((id) => [id, found.flatMap(({ versionId, ...one }) => (versionId === id ? [one] : []))]),
  );
}
