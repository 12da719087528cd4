import type { TaskDraft, TaskResource } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { EntityManager } from 'typeorm';
import { TaskEntity } from '../entities/task.entity.js';
import { readTasksOf } from '../reads/tasks.js';
import { firstRow, rows } from '../sql.js';
import { rankAfter } from './rank.js';

interface TaskSet {
  projectId: string;
  /** Version of the task set the drafts come from. */
  versionId: string;
  drafts: readonly TaskDraft[];
}

export class TasksRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Puts a task set's cards on the board. Cards of older task sets that nobody touched are retired: the AI wrote them,
   * no field was edited, and they still lie in a column of category `todo`. All others stay as they are. Locks the
   * project's row, so keys are given once and two task sets never mix. Returns the new cards in order.
   */
  async replaceFromTaskSet({ projectId, versionId, drafts }: TaskSet): Promise<TaskResource[]> {
    const project = await firstRow<{ workspaceId: string; before: number }>(
      this.manager,
      `UPDATE projects SET last_task_number = last_task_number + $2 WHERE id = $1
       RETURNING workspace_id AS "workspaceId", last_task_number - $2 AS before`,
      [projectId, drafts.length],
    );
    if (!project) throw new Error(`project ${projectId} is gone`);
    const todo = await this.columnsOfCategory(project.workspaceId, projectId, 'todo');
    const [status] = todo;
    if (status === undefined) throw new Error(`workspace ${project.workspaceId} has no column for what is to do`);
    await rows(
      this.manager,
      `UPDATE tasks SET retired_at = clock_timestamp(), updated_at = clock_timestamp()
       WHERE project_id = $1 AND origin = 'ai' AND feature_id IS NULL AND source_task_set_id <> $2
         AND retired_at IS NULL AND deleted_at IS NULL AND edited_fields = '{}' AND status = ANY($3)`,
      [projectId, versionId, todo],
    );
    const ids = new Map(drafts.map(({ ref }) => [ref, newId()]));
    const idOf = (ref: string): string => {
      const id = ids.get(ref);
      if (id === undefined) throw new Error(`the task list has no task ${ref}`);
      return id;
    };
    let rank = await this.lastRank(projectId, status);
    const cards = drafts.map(({ ref, dependencies, ...fields }, i) => {
      rank = rankAfter(rank);
      const { acceptance_criteria: acceptanceCriteria, ...same } = fields;
      const before = dependencies.map(idOf);
      return {
        ...same,
        acceptanceCriteria,
        id: idOf(ref),
        workspaceId: project.workspaceId,
        projectId,
        number: project.before + i + 1,
        status,
        rank,
        dependencies: before,
        origin: 'ai' as const,
        sourceTaskSetId: versionId,
        base: { ...fields, dependencies: before },
      };
    });
    await this.manager.insert(TaskEntity, cards);
    return readTasksOf(this.manager, versionId);
  }

  /** Keys of the columns of one category in board order: the project's own where it has any, else the workspace's. */
  private async columnsOfCategory(workspaceId: string, projectId: string, category: string): Promise<string[]> {
    const found = await rows<{ key: string }>(
      this.manager,
      `SELECT key FROM columns WHERE workspace_id = $1 AND category = $3 AND project_id IS NOT DISTINCT FROM (
         SELECT project_id FROM columns WHERE workspace_id = $1 AND project_id = $2 LIMIT 1
       ) ORDER BY position`,
      [workspaceId, projectId, category],
    );
    return found.map(({ key }) => key);
  }

  private async lastRank(projectId: string, status: string): Promise<string | null> {
    const last = await firstRow<{ rank: string | null }>(
      this.manager,
      `SELECT max(rank) AS rank FROM tasks
       WHERE project_id = $1 AND status = $2 AND retired_at IS NULL AND deleted_at IS NULL`,
      [projectId, status],
    );
    return last?.rank ?? null;
  }
}
