import type {
  DocumentResource,
  DocumentSummary,
  Page,
  VersionResource,
  VersionSection,
  VersionSummary,
} from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { costOf, sumOfUsage, sumsIn, totalCost, wholeUsage } from '../ledger/sums.js';
import { firstRow, iso, rows } from '../sql.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';

type VersionRow = Omit<VersionSummary, 'created_at'> & { created_at: Date; stale: boolean };
type DocumentRow = Pick<DocumentResource, 'id' | 'project_id' | 'kind' | 'status'> & {
  active_version_id: string | null;
};

/** One hash for a version: of its completed sections' hashes, in document order. Null while nothing is completed. */
const digest = (column: string, version: string) => `(
  SELECT encode(sha256(convert_to(string_agg(s.section_id || ':' || s.${column}, ',' ORDER BY s."order"), 'UTF8')), 'hex')
  FROM sections s WHERE s.version_id = ${version} AND s.status = 'completed')`;

/**
 * Derived, never stored: a text is stale when the idea, the constraints or the active text of a document it was made
 * from are no longer what went into it. Texts are compared by hash, so one that came out the same makes nothing stale.
 */
const STALE = `(
  EXISTS (
    SELECT 1 FROM jsonb_each_text(v.inputs) AS input (kind, version_id)
    JOIN documents used ON used.project_id = d.project_id AND used.kind = input.kind AND used.feature_id IS NULL
    WHERE used.active_version_id <> input.version_id::uuid
      AND ${digest('sha256', 'used.active_version_id')} IS DISTINCT FROM ${digest('sha256', 'input.version_id::uuid')}
  ) OR EXISTS (
    SELECT 1 FROM runs r JOIN projects p ON p.id = r.project_id
    WHERE r.id = v.run_id AND (r.input_snapshot ->> 'idea', r.input_snapshot ->> 'constraints') <> (p.idea, p.constraints)
  ))`;

const VERSION = `
  SELECT v.id, v.document_id, v.number, v.status, v.provider, v.model, v.meta, v.run_id, v.created_at, ${STALE} AS stale,
    ${digest('prompt_hash', 'v.id')} AS prompt_hash, ${digest('template_hash', 'v.id')} AS template_hash,
    ${digest('input_hash', 'v.id')} AS input_hash, used.usage, used.cost
  FROM document_versions v
  JOIN documents d ON d.id = v.document_id
  CROSS JOIN LATERAL (
    SELECT ${sumOfUsage(sumsIn('s'))} AS usage, ${totalCost(sumsIn('s'))} AS cost
    FROM sections s WHERE s.version_id = v.id
  ) used`;

const SECTION = `
  SELECT section_id AS id, title, "order", status, content, draft, error, problem, generated_at, sha256, step_id, provider,
    model, prompt_hash, template_hash, input_hash, ${wholeUsage('usage')} AS usage,
    ${costOf('cost', 'unpriced_calls')} AS cost
  FROM sections WHERE version_id = $1 ORDER BY "order"`;

const DOCUMENT = `
  SELECT d.id, d.project_id, d.kind, d.active_version_id, CASE WHEN d.archived_at IS NOT NULL THEN 'archived' ELSE (
    SELECT v.status FROM document_versions v WHERE v.document_id = d.id ORDER BY v.number DESC LIMIT 1) END AS status
  FROM documents d`;

const toVersion = ({ stale: _, ...row }: VersionRow): VersionSummary => ({ ...row, created_at: iso(row.created_at) });

export async function readVersion(
  manager: EntityManager,
  workspaceId: string,
  id: string,
): Promise<VersionResource | null> {
  return (await wholeVersion(manager, workspaceId, id))?.version ?? null;
}

export async function readDocument(
  manager: EntityManager,
  workspaceId: string,
  id: string,
): Promise<DocumentResource | null> {
  const row = await firstRow<DocumentRow>(manager, `${DOCUMENT} WHERE d.workspace_id = $1 AND d.id = $2`, [
    workspaceId,
    id,
  ]);
  if (!row) return null;
  const { active_version_id: activeId, ...document } = row;
  const active = activeId === null ? null : await wholeVersion(manager, workspaceId, activeId);
  return { ...document, stale: active?.stale ?? false, active_version: active?.version ?? null };
}

/** Oldest first: the order in which a plan is made. */
export function readDocuments(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
  page: PageRequest,
): Promise<Page<DocumentSummary>> {
  return readPage<DocumentRow & { active: VersionRow | null }, DocumentSummary>(
    {
      name: 'documents',
      keys: ['uuid'],
      rows: async (after, limit) => {
        const documents = await rows<DocumentRow>(
          manager,
          `${DOCUMENT} WHERE d.workspace_id = $1 AND d.project_id = $2 ${after ? 'AND d.id > $4' : ''} ORDER BY d.id LIMIT $3`,
          [workspaceId, projectId, limit, ...(after ?? [])],
        );
        const ids = documents.map(({ active_version_id: id }) => id);
        const active = await rows<VersionRow>(manager, `${VERSION} WHERE v.workspace_id = $1 AND v.id = ANY($2)`, [
          workspaceId,
          ids,
        ]);
        return documents.map((row) => ({
          ...row,
          active: active.find(({ id }) => id === row.active_version_id) ?? null,
        }));
      },
      keysOf: ({ id }) => [id],
      toItem: ({ active, active_version_id: _, ...row }) => ({
        ...row,
        stale: active?.stale ?? false,
        active_version: active && toVersion(active),
      }),
    },
    page,
  );
}

/** Newest first. */
export function readVersions(
  manager: EntityManager,
  workspaceId: string,
  documentId: string,
  page: PageRequest,
): Promise<Page<VersionSummary>> {
  return readPage<VersionRow, VersionSummary>(
    {
      name: 'versions',
      keys: ['integer'],
      rows: (after, limit) =>
        rows(
          manager,
          `${VERSION} WHERE v.workspace_id = $1 AND v.document_id = $2 ${after ? 'AND v.number < $4' : ''}
           ORDER BY v.number DESC LIMIT $3`,
          [workspaceId, documentId, limit, ...(after ?? [])],
        ),
      keysOf: ({ number }) => [number],
      toItem: toVersion,
    },
    page,
  );
}

async function wholeVersion(manager: EntityManager, workspaceId: string, id: string) {
  const row = await firstRow<VersionRow>(manager, `${VERSION} WHERE v.workspace_id = $1 AND v.id = $2`, [
    workspaceId,
    id,
  ]);
  if (!row) return null;
  type SectionRow = Omit<VersionSection, 'generated_at' | 'stale'> & { generated_at: Date | null };
  const sections = await rows<SectionRow>(manager, SECTION, [id]);
  const version: VersionResource = {
    ...toVersion(row),
    sections: sections.map((section) => ({
      ...section,
      generated_at: iso(section.generated_at),
      stale: row.stale && section.status === 'completed',
    })),
  };
  return { version, stale: row.stale };
}
