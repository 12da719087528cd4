import type {
  DocumentResource,
  DocumentSummary,
  Page,
  RequirementResource,
  VersionResource,
  VersionSection,
  VersionSummary,
} from '@planwright/contracts';
import { staleSections } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { costOf, sumOfUsage, sumsIn, totalCost, wholeUsage } from '../ledger/sums.js';
import { firstRow, iso, rows } from '../sql.js';
import { readLineage, readPresent } from './lineage.js';
import { readPage } from './pages.js';
import type { PageRequest } from './pages.js';

type VersionRow = Omit<VersionSummary, 'created_at'> & {
  created_at: Date;
  project_id: string;
  feature_id: string | null;
};
type DocumentRow = Pick<DocumentResource, 'id' | 'project_id' | 'kind' | 'feature_id' | 'status'> & {
  active_version_id: string | null;
};

/** One hash for a version: of its completed sections' hashes, in document order. Null while nothing is completed. */
const digest = (column: string, version: string) => `(
  SELECT encode(sha256(convert_to(string_agg(s.section_id || ':' || s.${column}, ',' ORDER BY s."order"), 'UTF8')), 'hex')
  FROM sections s WHERE s.version_id = ${version} AND s.status = 'completed')`;

const VERSION = `
  SELECT v.id, v.document_id, v.number, v.status, v.provider, v.model, v.meta, v.run_id, v.created_at, d.project_id, d.feature_id,
    ${digest('prompt_hash', 'v.id')} AS prompt_hash, ${digest('template_hash', 'v.id')} AS template_hash,
    ${digest('input_hash', 'v.id')} AS input_hash, used.usage, used.cost
  FROM document_versions v
  JOIN documents d ON d.id = v.document_id
  CROSS JOIN LATERAL (
    SELECT ${sumOfUsage(sumsIn('s'))} AS usage, ${totalCost(sumsIn('s'))} AS cost
    FROM sections s WHERE s.version_id = v.id
  ) used`;

const SECTION = `
  SELECT section_id AS id, title, "order", status, content, warnings, draft, error, problem, generated_at, sha256, step_id, provider,
    model, prompt_hash, template_hash, input_hash, ${wholeUsage('usage')} AS usage,
    ${costOf('cost', 'unpriced_calls')} AS cost
  FROM sections WHERE version_id = $1 ORDER BY "order"`;

const REQUIREMENTS = `
  SELECT r.key AS id, r.section_id, r.quote AS text
  FROM requirements r JOIN sections s ON s.version_id = r.version_id AND s.section_id = r.section_id
  WHERE r.version_id = $1 ORDER BY s."order", r.position`;

const DOCUMENT = `
  SELECT d.id, d.project_id, d.kind, d.feature_id, d.active_version_id, CASE WHEN d.archived_at IS NOT NULL THEN 'archived' ELSE (
    SELECT v.status FROM document_versions v WHERE v.document_id = d.id ORDER BY v.number DESC LIMIT 1) END AS status
  FROM documents d`;

const toVersion = ({ project_id: _, feature_id: __, ...row }: VersionRow): VersionSummary => ({
  ...row,
  created_at: iso(row.created_at),
});

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
  return { ...document, stale: active?.isStale ?? false, active_version: active?.version ?? null };
}

/** Oldest first: the order in which a plan is made. */
export function readDocuments(
  manager: EntityManager,
  workspaceId: string,
  projectId: string,
  page: PageRequest,
): Promise<Page<DocumentSummary>> {
  return readPage<DocumentRow & { active: VersionRow | null; isStale: boolean }, DocumentSummary>(
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
        const stale = await staleIn(manager, workspaceId, active);
        return documents.map((row) => {
          const own = active.find(({ id }) => id === row.active_version_id) ?? null;
          return { ...row, active: own, isStale: own !== null && (stale.get(own.id)?.size ?? 0) > 0 };
        });
      },
      keysOf: ({ id }) => [id],
      toItem: ({ active, isStale, active_version_id: _, ...row }) => ({
        ...row,
        stale: isStale,
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
  const requirements = await rows<RequirementResource>(manager, REQUIREMENTS, [id]);
  const stale = (await staleIn(manager, workspaceId, [row])).get(id);
  const version: VersionResource = {
    ...toVersion(row),
    requirements,
    sections: sections.map((section) => ({
      ...section,
      generated_at: iso(section.generated_at),
      stale: stale?.has(section.id) ?? false,
    })),
  };
  return { version, isStale: (stale?.size ?? 0) > 0 };
}

/** Derived, never stored: sections that were made from something that is different today, by version. */
async function staleIn(manager: EntityManager, workspaceId: string, versions: readonly VersionRow[]) {
  const projects = [...new Set(versions.map(({ project_id: id }) => id))];
  const present = await readPresent(manager, workspaceId, projects);
  const lineage = await readLineage(
    manager,
    versions.map(({ id }) => id),
  );
  return new Map(
    versions.map(({ id, project_id: projectId, feature_id: featureId }) => [
      id,
      staleSections(lineage.get(id) ?? [], present.get(projectId)?.of(featureId) ?? {}),
    ]),
  );
}
