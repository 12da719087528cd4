import type { Blueprint, Mode, RunKind, RunStatus, VersionStatus } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import type { InputSnapshot } from '../entities/run.entity.js';
import { firstRow, rows } from '../sql.js';

/** A run as a retry of it begins from: what it was started with, and what became of it. */
export interface RetrySource {
  id: string;
  projectId: string;
  kind: RunKind;
  mode: Mode | null;
  /** The feature it wrote; null where it wrote a plan. */
  featureId: string | null;
  status: RunStatus;
  provider: string;
  model: string;
  inputSnapshot: InputSnapshot;
  /** As they were pinned. */
  templates: object;
  /** Versions it read and did not write, by kind. */
  pinnedVersions: Record<string, string>;
  /** In chain order. */
  documents: RetrySourceDocument[];
}

export interface RetrySourceDocument {
  kind: string;
  documentId: string;
  versionId: string;
  number: number;
  status: VersionStatus;
  blueprint: Blueprint;
  /** Sections that have a text, carried ones included. */
  completed: string[];
  /** What was wished for, by section that was to be written with it. */
  instructions: Record<string, string>;
  sourceVersionId: string | null;
  meta: Record<string, unknown>;
}

/** A run that writes, or has written, a document after another run did. */
export interface NewerRun {
  runId: string;
  kind: string;
  /** It has not ended. */
  active: boolean;
  retryOf: string | null;
}

type RunRow = Omit<RetrySource, 'pinnedVersions' | 'documents'> & { blueprints: Record<string, Blueprint> };
type VersionRow = Omit<RetrySourceDocument, 'blueprint'> & { inputs: Record<string, string> };

/**
 * Null when the workspace has no such run. Locks the run's row against deletion: a retry refers to it, and whoever
 * deletes a project takes its runs before anything else of it.
 */
export async function readRetrySource(
  manager: EntityManager,
  workspaceId: string,
  runId: string,
): Promise<RetrySource | null> {
  const run = await firstRow<RunRow>(
    manager,
    `SELECT id, project_id AS "projectId", kind, mode, status, provider, model, input_snapshot AS "inputSnapshot",
       pinned_templates AS templates, pinned_blueprints AS blueprints,
       (
         SELECT d.feature_id FROM document_versions v JOIN documents d ON d.id = v.document_id
         WHERE v.run_id = runs.id LIMIT 1
       ) AS "featureId"
     FROM runs WHERE workspace_id = $1 AND id = $2 FOR KEY SHARE`,
    [workspaceId, runId],
  );
  if (!run) return null;
  const versions = await rows<VersionRow>(
    manager,
    `SELECT d.kind, d.id AS "documentId", v.id AS "versionId", v.number, v.status, v.inputs, v.meta,
       ARRAY(SELECT s.section_id FROM sections s WHERE s.version_id = v.id AND s.status = 'completed') AS completed,
       v.source_version_id AS "sourceVersionId", (
         SELECT coalesce(json_object_agg(t.section_id, t.instructions), '{}') FROM steps t
         WHERE t.version_id = v.id AND t.instructions IS NOT NULL
       ) AS instructions
     FROM document_versions v JOIN documents d ON d.id = v.document_id
     WHERE v.run_id = $1 ORDER BY v.run_position`,
    [runId],
  );
  const { blueprints, ...rest } = run;
  const documents = versions.map(({ inputs: _inputs, ...version }): RetrySourceDocument => {
    const blueprint = blueprints[version.kind];
    if (!blueprint) throw new Error(`run ${runId} has no blueprint for ${version.kind}`);
    return { ...version, blueprint };
  });
  const read = versions.flatMap(({ inputs }) => Object.entries(inputs));
  const written = new Set(versions.map(({ kind }) => kind));
  return { ...rest, documents, pinnedVersions: Object.fromEntries(read.filter(([kind]) => !written.has(kind))) };
}

/**
 * Other runs with a newer version of one of these documents that counts: still to be written, ended with a text, or cut
 * off after the run itself had finished a section. Active ones first, then the newest. Ask under the lock of `insert`.
 */
export function readNewerRuns(
  manager: EntityManager,
  documents: readonly Pick<RetrySourceDocument, 'documentId' | 'number'>[],
  except: string,
): Promise<NewerRun[]> {
  return rows(
    manager,
    `SELECT r.id AS "runId", d.kind, r.status IN ('queued', 'running') AS active, r.retry_of AS "retryOf"
     FROM unnest($1::uuid[], $2::int[]) AS old (document_id, number)
     JOIN documents d ON d.id = old.document_id
     JOIN document_versions v ON v.document_id = d.id AND v.number > old.number
     JOIN runs r ON r.id = v.run_id
     WHERE r.id <> $3 AND (
       r.status IN ('queued', 'running') OR v.status IN ('ready', 'partial')
       OR EXISTS (SELECT 1 FROM steps t WHERE t.version_id = v.id AND t.status = 'succeeded')
     )
     ORDER BY active DESC, r.id DESC, d.kind`,
    [documents.map(({ documentId }) => documentId), documents.map(({ number }) => number), except],
  );
}
