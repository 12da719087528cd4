import { isDeepStrictEqual } from 'node:util';
import type { PlanExport } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { insertDocuments } from './insert-documents.js';
import { insertFeatures, showSpecs } from './insert-features.js';
import { insertTasks } from './insert-tasks.js';
import { NewIds } from './new-ids.js';
import { rows } from '../sql.js';
import { readColumns } from '../tasks/columns.js';

export class PlansRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Writes a whole project as it was exported, and returns its id. Ids are new; keys, ranks, texts and hashes are what
   * they were; versions are their document's first and belong to no run. The parts have to fit together, as
   * `bundleProblems` of the export library says; what does not fails here, and nothing of it stays.
   */
  async insert(workspaceId: string, plan: PlanExport): Promise<string> {
    const ids = new NewIds();
    const projectId = await this.insertProject(workspaceId, plan, ids);
    const target = { workspaceId, projectId, ids };
    await this.insertColumns(workspaceId, projectId, plan.columns);
    await insertFeatures(this.manager, target, plan.features);
    await insertDocuments(this.manager, target, plan);
    await showSpecs(this.manager, target);
    await insertTasks(this.manager, target, plan.tasks);
    return projectId;
  }

  private async insertProject(workspaceId: string, { project }: PlanExport, ids: NewIds): Promise<string> {
    const id = ids.of(project.id);
    await rows(
      this.manager,
      `INSERT INTO projects (id, workspace_id, name, idea, constraints, preferred_provider, preferred_model, last_task_number,
         last_requirement_numbers)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[id, workspaceId, project.name, project.idea, project.constraints],
        ...[
          project.preferred_provider,
          project.preferred_model,
          project.last_task_number,
          project.last_requirement_numbers,
        ],
      ],
    );
    return id;
  }

  /** Only where the workspace's own are others: a project that has none goes on with its workspace's. */
  private async insertColumns(workspaceId: string, projectId: string, columns: PlanExport['columns']): Promise<void> {
    const inherited = await readColumns(this.manager, workspaceId, projectId);
    if (isDeepStrictEqual(inherited.columns, columns)) return;
    await rows(
      this.manager,
      `INSERT INTO columns (workspace_id, project_id, key, title, category, position)
       SELECT $1, $2, key, title, category, n
       FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS list (item, n),
         jsonb_to_record(item) AS (key text, title text, category text)`,
      [workspaceId, projectId, JSON.stringify(columns)],
    );
  }
}
