import { createHash } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';

/** Where requirements stand: a finished section of a version. */
export interface RequirementsOf {
  projectId: string;
  documentId: string;
  versionId: string;
  sectionId: string;
}

/** A requirement with its id, as it is stored. `identity` is what two texts share that say the same. */
export interface StoredRequirement {
  key: string;
  quote: string;
  identity: string;
}

/** Ids of one prefix that a document has given, and the highest number of that prefix in the whole project. */
export interface GivenIds {
  /** With the text each had last, in the order in which they were given. */
  known: { key: string; quote: string }[];
  last: number;
}

export class RequirementsRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Locks the project's row (FOR UPDATE), so that numbers are given once: ask only to give some. What another section of
   * the same version holds is not among them: two requirements of one version never have one id.
   */
  async given({ projectId, documentId, versionId, sectionId }: RequirementsOf, prefix: string): Promise<GivenIds> {
    const found = await firstRow<GivenIds>(
      this.manager,
      `SELECT coalesce((last_requirement_numbers ->> $3)::int, 0) AS last, coalesce((
         SELECT json_agg(json_build_object('key', key, 'quote', quote) ORDER BY length(key), key) FROM (
           SELECT DISTINCT ON (r.key) r.key, r.quote
           FROM requirements r JOIN document_versions v ON v.id = r.version_id
           WHERE r.document_id = $2 AND r.key LIKE $3 || '-%' AND NOT EXISTS (
             SELECT 1 FROM requirements held WHERE held.version_id = $4 AND held.key = r.key AND held.section_id <> $5
           ) ORDER BY r.key, v.number DESC
         ) latest), '[]') AS known
       FROM projects WHERE id = $1 FOR UPDATE`,
      [projectId, documentId, prefix, versionId, sectionId],
    );
    if (!found) throw new Error(`project ${projectId} is gone`);
    return found;
  }

  /** Writes a section's requirements, in their order, and what the next one's number follows: one statement. */
  async save(of: RequirementsOf, prefix: string, found: readonly StoredRequirement[], last: number): Promise<void> {
    const stored = found.map(({ key, quote, identity }, i) => {
      return { key, quote, hash: createHash('sha256').update(identity, 'utf8').digest('hex'), position: i + 1 };
    });
    await rows(
      this.manager,
      `WITH counted AS (
         UPDATE projects SET last_requirement_numbers = last_requirement_numbers || jsonb_build_object($5::text, $6::int)
         WHERE id = $1 RETURNING workspace_id
       )
       INSERT INTO requirements (workspace_id, document_id, version_id, section_id, key, quote, hash, position)
       SELECT counted.workspace_id, $2, $3, $4, found.key, found.quote, found.hash, found.position
       FROM counted, jsonb_to_recordset($7::jsonb) AS found (key text, quote text, hash text, position integer)`,
      [of.projectId, of.documentId, of.versionId, of.sectionId, prefix, last, JSON.stringify(stored)],
    );
  }

  /**
   * Ids that stand in the versions this one is made from: what its texts may refer to. Null where it is not known what it
   * was made from, as of a version that was imported without it.
   */
  async inInputsOf(versionId: string): Promise<ReadonlySet<string> | null> {
    const found = await firstRow<{ keys: string[] }>(
      this.manager,
      `SELECT array(
         SELECT DISTINCT r.key FROM jsonb_each_text(v.inputs) AS input
         JOIN requirements r ON r.version_id = input.value::uuid
       ) AS keys
       FROM document_versions v WHERE v.id = $1 AND v.inputs <> '{}'`,
      [versionId],
    );
    return found && new Set(found.keys);
  }

  /** Adds what was found out about a finished section's text after it was stored, and is not said there yet. */
  async warn(
    versionId: string,
    sectionId: string,
    warnings: readonly { rule: string; message: string }[],
  ): Promise<void> {
    if (warnings.length === 0) return;
    await rows(
      this.manager,
      `UPDATE sections SET warnings = warnings || coalesce((
         SELECT jsonb_agg(warning) FROM jsonb_array_elements($3::jsonb) AS warning
         WHERE NOT sections.warnings @> jsonb_build_array(warning)), '[]')
       WHERE version_id = $1 AND section_id = $2 AND status = 'completed'`,
      [versionId, sectionId, JSON.stringify(warnings)],
    );
  }
}
