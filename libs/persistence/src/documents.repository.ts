import type { Mode, VersionStatus } from '@planwright/contracts';
import { staleSections } from '@planwright/plan';
import type { Present, SourceVersion } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { readLineage, readPresent } from './reads/lineage.js';
import { firstRow, rows } from './sql.js';

/** The version readers of a document get. */
export interface ActiveVersion {
  documentId: string;
  versionId: string;
  status: 'ready' | 'partial';
  mode: Mode | null;
}

/** A version a new one can take sections from, with what those were made from. */
interface StoredSource extends SourceVersion {
  mode: Mode | null;
  /** The run that wrote it; null where it was imported. */
  runId: string | null;
}

/** What there is of a document of a project. */
export interface DocumentSources {
  documentId: string;
  /** What readers get. */
  active: StoredSource | null;
  /** The newest version, where it lacks sections and is not the active one. */
  incomplete: StoredSource | null;
}

/** A version somebody wants to be the active one. */
export interface ActivatedVersion {
  documentId: string;
  projectId: string;
  kind: string;
  status: VersionStatus;
  /** False where it has no text that readers could get; then nothing has changed. */
  isActive: boolean;
}

interface SourceRow {
  kind: string;
  documentId: string;
  isActive: boolean;
  versionId: string;
  mode: Mode | null;
  runId: string | null;
  notReached: string[];
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

  /** Versions that new ones of a project's documents can begin from, by kind. */
  async sources(workspaceId: string, projectId: string): Promise<Map<string, DocumentSources>> {
    const found = await rows<SourceRow>(
      this.manager,
      `SELECT d.kind, d.id AS "documentId", v.id IS NOT DISTINCT FROM d.active_version_id AS "isActive",
         v.id AS "versionId", v.mode, v.run_id AS "runId", ARRAY(
           SELECT later_d.kind FROM document_versions later JOIN documents later_d ON later_d.id = later.document_id
           WHERE later.run_id = v.run_id AND later.run_position > v.run_position AND later.status = 'cancelled'
         ) AS "notReached"
       FROM documents d JOIN document_versions v ON v.document_id = d.id
       WHERE d.workspace_id = $1 AND d.project_id = $2 AND d.feature_id IS NULL AND (
         v.id = d.active_version_id OR v.id = (
           SELECT newest.id FROM document_versions newest
           WHERE newest.document_id = d.id AND newest.status = 'partial' AND newest.number = d.last_version_number
         )
       )`,
      [workspaceId, projectId],
    );
    const lineage = await readLineage(
      this.manager,
      found.map(({ versionId }) => versionId),
    );
    const sources = new Map<string, DocumentSources>();
    for (const { kind, documentId, isActive, versionId, mode, runId, notReached } of found) {
      const known = sources.get(kind) ?? { documentId, active: null, incomplete: null };
      const source = { versionId, mode, runId, notReached, sections: lineage.get(versionId) ?? [] };
      sources.set(kind, { ...known, [isActive ? 'active' : 'incomplete']: source });
    }
    return sources;
  }

  /** Whether it is the version of its document that readers get. */
  async isActive(versionId: string): Promise<boolean> {
    const active = await firstRow(
      this.manager,
      `SELECT 1 FROM document_versions v JOIN documents d ON d.id = v.document_id
       WHERE v.id = $1 AND d.active_version_id = v.id`,
      [versionId],
    );
    return active !== null;
  }

  /** What would go into the texts of a project's documents today. */
  async present(workspaceId: string, projectId: string): Promise<Present> {
    return (await readPresent(this.manager, workspaceId, [projectId])).get(projectId)?.of(null) ?? {};
  }

  /** Features of a project with a document that was made from something that is different today, oldest first. */
  async staleFeatures(workspaceId: string, projectId: string): Promise<string[]> {
    const found = await rows<{ featureId: string; versionId: string }>(
      this.manager,
      `SELECT feature_id AS "featureId", active_version_id AS "versionId" FROM documents
       WHERE workspace_id = $1 AND project_id = $2 AND feature_id IS NOT NULL AND active_version_id IS NOT NULL
       ORDER BY feature_id`,
      [workspaceId, projectId],
    );
    if (found.length === 0) return [];
    const present = (await readPresent(this.manager, workspaceId, [projectId])).get(projectId);
    const lineage = await readLineage(
      this.manager,
      found.map(({ versionId }) => versionId),
    );
    const stale = found.filter(
      ({ featureId, versionId }) => staleSections(lineage.get(versionId) ?? [], present?.of(featureId) ?? {}).size > 0,
    );
    return [...new Set(stale.map(({ featureId }) => featureId))];
  }

  /** Project of a document of this kind that belongs to no feature; null where the workspace has no such document. */
  async projectOf(workspaceId: string, documentId: string, kind: string): Promise<string | null> {
    const found = await firstRow<{ projectId: string }>(
      this.manager,
      `SELECT project_id AS "projectId" FROM documents
       WHERE workspace_id = $1 AND id = $2 AND kind = $3 AND feature_id IS NULL`,
      [workspaceId, documentId, kind],
    );
    return found?.projectId ?? null;
  }

  /**
   * Makes a version the active one of its document, if it has a text that can be read; a feature shows the active version
   * of its spec. Null where the workspace has no such version. Locks the document.
   */
  async activate(workspaceId: string, versionId: string): Promise<ActivatedVersion | null> {
    const found = await firstRow<Omit<ActivatedVersion, 'isActive'>>(
      this.manager,
      `SELECT d.id AS "documentId", d.project_id AS "projectId", d.kind, v.status
       FROM documents d JOIN document_versions v ON v.document_id = d.id
       WHERE d.workspace_id = $1 AND v.id = $2 FOR NO KEY UPDATE OF d`,
      [workspaceId, versionId],
    );
    if (!found) return null;
    const isActive = found.status === 'ready' || found.status === 'partial';
    if (isActive) {
      await rows(this.manager, 'UPDATE documents SET active_version_id = $2 WHERE id = $1', [
        found.documentId,
        versionId,
      ]);
      await rows(
        this.manager,
        `UPDATE features SET spec_version_id = $2 FROM documents d
         WHERE d.id = $1 AND d.kind = 'feature_spec' AND features.id = d.feature_id`,
        [found.documentId, versionId],
      );
    }
    return { ...found, isActive };
  }

  async archive(workspaceId: string, documentId: string): Promise<void> {
    await rows(
      this.manager,
      `UPDATE documents SET archived_at = coalesce(archived_at, now()) WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, documentId],
    );
  }
}
