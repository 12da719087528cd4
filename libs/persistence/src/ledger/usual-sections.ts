import type { Usage } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import { TOKEN_COUNTS } from './sums.js';

/** What a section took lately, on average over the steps that wrote it. */
export interface UsualSection {
  blueprintId: string;
  sectionId: string;
  /** Over all attempts of a step, as they are paid for. */
  usage: Usage;
  /** From the start of the last attempt to its text. */
  seconds: number;
}

/** About thirty detailed plans; more would say no more, and this is read while a person waits. */
const LATEST_CALLS = 1_000;

/**
 * What sections took in this workspace in runs with this model, by its latest calls. The model is the one a run asked for:
 * providers answer with the name of its newest edition.
 */
export async function readUsualSections(
  manager: EntityManager,
  workspaceId: string,
  by: { provider: string; model: string },
): Promise<UsualSection[]> {
  const averages = TOKEN_COUNTS.map(
    (name) => `'${name}', round(avg(coalesce((t.usage ->> '${name}')::integer, 0)))::integer`,
  );
  return rows(
    manager,
    `SELECT v.blueprint_id AS "blueprintId", t.section_id AS "sectionId",
       jsonb_build_object(${averages.join(', ')}, 'estimated', bool_or((t.usage ->> 'estimated')::boolean)) AS usage,
       avg(extract(epoch FROM t.finished_at - t.started_at))::float8 AS seconds
     FROM (
       SELECT DISTINCT step_id FROM (
         SELECT step_id FROM usage_ledger WHERE workspace_id = $1 ORDER BY at DESC LIMIT ${LATEST_CALLS}
       ) latest
     ) used
     JOIN steps t ON t.id = used.step_id AND t.status = 'succeeded' AND t.usage IS NOT NULL
     JOIN runs r ON r.id = t.run_id AND r.provider = $2 AND r.model = $3
     JOIN document_versions v ON v.id = t.version_id
     GROUP BY v.blueprint_id, t.section_id`,
    [workspaceId, by.provider, by.model],
  );
}
