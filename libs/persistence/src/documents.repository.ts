import type { Mode } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from './sql.js';

/** The version readers of a document get. */
export interface ActiveVersion {
  documentId: string;
  versionId: string;
  status: 'ready' | 'partial';
  mode: Mode | null;
}

export class DocumentsRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Active versions of a project's documents by kind; kinds without one are not in it. */
  async active(workspaceId: string, projectId: string): Promise<Map<string, ActiveVersion>> {
    const found = await rows<ActiveVersion & { kind: string }>(
      this.manager,
      `SELECT d.kind, d.id AS "documentId", v.id AS "versionId", v.status, v.mode
       FROM documents d JOIN document_versions v ON v.id = d.active_version_id
       WHERE d.workspace_id = $1 AND d.project_id = $2 AND d.feature_id IS NULL`,
      [workspaceId, projectId],
    );
    return new Map(found.map(({ kind, ...active }) => [kind, active]));
  }
}
