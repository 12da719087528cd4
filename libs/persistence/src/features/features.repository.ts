import { featureStatus } from '@planwright/contracts';
import type { FeatureStatus } from '@planwright/contracts';
import { FEATURE_TRANSITIONS } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import { retryFeature } from './retry-feature.js';
import type { FeatureRetry, RetriedFeature } from './retry-feature.js';

/** A feature as its run knows it. */
export interface WrittenFeature {
  id: string;
  description: string;
}

/**
 * Features. Whoever changes one holds the lock of its run, or is about to insert that run; the conditions below are the
 * second fence. Lock the project's row first where both are changed.
 */
export class FeaturesRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Writes a feature that no run writes yet: `runs.insert` of one that names it comes next in the same transaction. */
  async insert(feature: { id: string; workspaceId: string; projectId: string; description: string }): Promise<void> {
    const { id, workspaceId, projectId, description } = feature;
    await rows(
      this.manager,
      `INSERT INTO features (id, workspace_id, project_id, description, status, created_at)
       VALUES ($1, $2, $3, $4, 'pending', clock_timestamp())`,
      [id, workspaceId, projectId, description],
    );
  }

  /** The feature a run writes; null where it writes none, or where a newer run writes it. */
  ofRun(runId: string): Promise<WrittenFeature | null> {
    return firstRow(this.manager, 'SELECT id, description FROM features WHERE run_id = $1', [runId]);
  }

  /** Opens a new run for a feature that failed. */
  retry(retry: FeatureRetry): Promise<RetriedFeature> {
    return retryFeature(this.manager, retry);
  }

  /**
   * Features that have failed, oldest first, after the one with the id `after`: of a workspace, of a project, or of all.
   * Those that somebody cancelled are not among them.
   */
  failed(
    of: { workspaceId?: string | undefined; projectId?: string | undefined; after: string | null },
    limit: number,
  ): Promise<{ id: string; workspaceId: string; description: string }[]> {
    return rows(
      this.manager,
      `SELECT id, workspace_id AS "workspaceId", description FROM features
       WHERE status = 'failed' AND ($1::uuid IS NULL OR workspace_id = $1) AND ($2::uuid IS NULL OR project_id = $2)
         AND ($4::uuid IS NULL OR id > $4)
         AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = features.run_id AND runs.status = 'cancelled')
       ORDER BY id LIMIT $3`,
      [of.workspaceId ?? null, of.projectId ?? null, limit, of.after],
    );
  }

  /** Finished texts of a version, in the order of `sections`, which are its task lists. */
  async taskLists(versionId: string, sections: readonly string[]): Promise<string[]> {
    const found = await rows<{ content: string }>(
      this.manager,
      `SELECT content FROM sections WHERE version_id = $1 AND section_id = ANY($2) AND status = 'completed'
       ORDER BY array_position($2::text[], section_id)`,
      [versionId, sections],
    );
    return found.map(({ content }) => content);
  }

  /** Texts of a version's finished sections, in document order. */
  finishedTexts(versionId: string): Promise<{ id: string; content: string }[]> {
    return rows(
      this.manager,
      `SELECT section_id AS id, content FROM sections WHERE version_id = $1 AND status = 'completed' ORDER BY "order"`,
      [versionId],
    );
  }

  /** `at`: milliseconds since 1970, here and below. Throws where its status does not allow it. */
  begin(id: string, at: number): Promise<void> {
    return this.become('processing', id, 'processing_started_at = $3', [new Date(at)]);
  }

  /** Shows readers the version of its spec that is active now. */
  async showSpec(id: string, documentId: string): Promise<void> {
    await rows(
      this.manager,
      `UPDATE features SET spec_version_id = d.active_version_id FROM documents d
       WHERE features.id = $1 AND d.id = $2 AND d.feature_id = features.id`,
      [id, documentId],
    );
  }

  complete(id: string, taskCount: number, at: number): Promise<void> {
    return this.become('completed', id, 'processing_completed_at = $3, task_count = $4', [new Date(at), taskCount]);
  }

  fail(id: string, error: string, at: number): Promise<void> {
    return this.become('failed', id, 'processing_completed_at = $3, error_message = $4', [new Date(at), error]);
  }

  private async become(status: FeatureStatus, id: string, set: string, values: unknown[]): Promise<void> {
    const from = featureStatus.options.filter((before) => FEATURE_TRANSITIONS[before].includes(status));
    const changed = await rows(
      this.manager,
      `UPDATE features SET status = $2, ${set} WHERE id = $1 AND status IN ('${from.join("', '")}') RETURNING 1`,
      [id, status, ...values],
    );
    if (changed.length !== 1) throw new Error(`feature ${id} is not ${from.join(' or ')}`);
  }
}
