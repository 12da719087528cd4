import type { ExportedTask } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import type { ImportTarget } from './new-ids.js';

/** Cards with the keys and places they had. What depends on what goes by key in a bundle and by id in the table. */
export async function insertTasks(
  manager: EntityManager,
  { workspaceId, projectId, ids }: ImportTarget,
  tasks: readonly ExportedTask[],
): Promise<void> {
  const byId = <T extends { dependencies?: string[] | undefined }>(fields: T): T =>
    fields.dependencies === undefined
      ? fields
      : { ...fields, dependencies: fields.dependencies.map((key) => ids.of(key)) };
  const list = tasks.map((task) => ({
    ...byId(task),
    id: ids.of(task.key),
    number: Number(task.key.slice(2)),
    source: ids.ofAny(task.source),
    feature: ids.ofAny(task.feature),
    base: task.base && byId(task.base),
    suggestion: task.suggestion && { ...task.suggestion, fields: byId(task.suggestion.fields) },
  }));
  await rows(
    manager,
    `INSERT INTO tasks (id, workspace_id, project_id, number, title, description, acceptance_criteria, type, priority, estimate,
       labels, status, rank, dependencies, requirements, origin, source_task_set_id, feature_id, kept, edited_fields, base, suggestion)
     SELECT id, $1, $2, number, title, description, acceptance_criteria, type, priority, estimate, labels, status, rank,
       dependencies, requirements, origin, source, feature, kept, edited_fields, nullif(base, 'null'), nullif(suggestion, 'null')
     FROM jsonb_to_recordset($3::jsonb) AS (
       id uuid, number integer, title text, description text, acceptance_criteria text[], type text, priority text,
       estimate integer, labels text[], status text, rank text, dependencies uuid[], requirements text[], origin text,
       source uuid, feature uuid, kept boolean, edited_fields text[], base jsonb, suggestion jsonb)`,
    [workspaceId, projectId, JSON.stringify(list)],
  );
}
