import type { Usage } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

/** What it took to write a section, once. */
export interface PastSection {
  blueprintId: string;
  sectionId: string;
  projectId: string;
  /** Over all attempts of the step, as they are paid for. */
  usage: Usage;
  /** From the start of the last attempt to its text. */
  seconds: number;
}

/** What sections took lately, and the projects they are of. */
export interface SectionHistory {
  /** The latest first. */
  sections: PastSection[];
  /** What each project brought: UTF-16 units of its name, idea and constraints, and how the idea begins. */
  projects: { id: string; length: number; beginning: string }[];
}

/** About thirty detailed plans; more would say no more, and this is read while a person waits. */
const LATEST_CALLS = 1_000;
/** Enough to tell the language of an idea. */
const BEGINNING = 600;

/**
 * What sections took in this workspace in runs with this model, by its latest calls that used any tokens. The model is
 * the one a run asked for: providers answer with the name of its newest edition. Steps that failed or were cancelled are
 * left out, and so are those with wishes of a person, which read the text they replace.
 */
export async function readSectionHistory(
  manager: EntityManager,
  workspaceId: string,
  by: { provider: string; model: string },
): Promise<SectionHistory> {
  const found = await rows<PastSection & { length: number; beginning: string | null }>(
    manager,
    `WITH used AS (
       SELECT step_id, max(at) AS at FROM (
         SELECT step_id, at FROM usage_ledger
         WHERE workspace_id = $1 AND input_tokens + output_tokens > 0 ORDER BY at DESC LIMIT ${LATEST_CALLS}
       ) latest GROUP BY step_id
     ), past AS (
       SELECT v.blueprint_id, t.section_id, r.project_id, r.input_snapshot AS brought, t.usage, used.at, t.id,
         extract(epoch FROM t.finished_at - t.started_at)::float8 AS seconds,
         row_number() OVER (PARTITION BY r.project_id ORDER BY used.at DESC, t.id) AS nth
       FROM used
       JOIN steps t ON t.id = used.step_id AND t.status = 'succeeded' AND t.usage IS NOT NULL AND t.instructions IS NULL
       JOIN runs r ON r.id = t.run_id AND r.provider = $2 AND r.model = $3
       JOIN document_versions v ON v.id = t.version_id
     )
     SELECT blueprint_id AS "blueprintId", section_id AS "sectionId", project_id AS "projectId", usage, seconds,
       length(brought ->> 'project_name') + length(brought ->> 'idea') + length(brought ->> 'constraints') AS length,
       CASE nth WHEN 1 THEN left(brought ->> 'idea', ${BEGINNING}) END AS beginning
     FROM past ORDER BY at DESC, id`,
    [workspaceId, by.provider, by.model],
  );
  return {
    sections: found.map(({ length: _length, beginning: _beginning, ...section }) => section),
    projects: found.flatMap(({ projectId: id, length, beginning }) =>
      beginning === null ? [] : [{ id, length, beginning }],
    ),
  };
}
