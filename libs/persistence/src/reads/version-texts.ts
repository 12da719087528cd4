import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

/** The finished texts of a version, as prompts read them. */
export interface VersionTexts {
  /** In document order. */
  sections: { id: string; title: string; content: string }[];
  /** In document order; `sectionId` is where each stands. */
  requirements: { sectionId: string; id: string; quote: string }[];
}

/** By the version's id; a version of another workspace has no entry. */
export async function readVersionTexts(
  manager: EntityManager,
  workspaceId: string,
  versionIds: readonly string[],
): Promise<Map<string, VersionTexts>> {
  if (versionIds.length === 0) return new Map();
  const found = await rows<VersionTexts & { versionId: string }>(
    manager,
    `SELECT v.id AS "versionId",
       coalesce((
         SELECT json_agg(json_build_object('id', s.section_id, 'title', s.title, 'content', s.content) ORDER BY s."order")
         FROM sections s WHERE s.version_id = v.id AND s.status = 'completed'
       ), '[]') AS sections,
       coalesce((
         SELECT json_agg(json_build_object('sectionId', q.section_id, 'id', q.key, 'quote', q.quote)
           ORDER BY s."order", q.position)
         FROM requirements q JOIN sections s ON s.version_id = q.version_id AND s.section_id = q.section_id
         WHERE q.version_id = v.id
       ), '[]') AS requirements
     FROM document_versions v WHERE v.workspace_id = $1 AND v.id = ANY($2::uuid[])`,
    [workspaceId, versionIds],
  );
  return new Map(found.map(({ versionId, ...texts }) => [versionId, texts]));
}
