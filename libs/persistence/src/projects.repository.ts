import type { CreateProject, UpdateProject } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { ProjectEntity } from './entities/project.entity.js';
import { firstRow, rows } from './sql.js';

export class ProjectsRepository {
  constructor(private readonly manager: EntityManager) {}

  async insert(project: CreateProject & { id: string; workspaceId: string }): Promise<void> {
    await this.manager.insert(ProjectEntity, {
      id: project.id,
      workspaceId: project.workspaceId,
      name: project.name,
      idea: project.idea,
      constraints: project.constraints,
      preferredProvider: project.preferred_provider,
      preferredModel: project.preferred_model,
    });
  }

  /** Writes the fields that are given. False when the workspace has no such project. */
  async update(workspaceId: string, id: string, changes: UpdateProject): Promise<boolean> {
    const { affected } = await this.manager.update(
      ProjectEntity,
      { id, workspaceId },
      {
        name: changes.name,
        idea: changes.idea,
        constraints: changes.constraints,
        preferredProvider: changes.preferred_provider,
        preferredModel: changes.preferred_model,
        updatedAt: () => 'now()',
      },
    );
    return affected === 1;
  }

  /**
   * Locks the project's row against a run being made and against deletion: a new run's foreign key asks for KEY SHARE,
   * which waits for this lock. False when the workspace has no such project.
   */
  async lock(workspaceId: string, id: string): Promise<boolean> {
    const sql = 'SELECT 1 FROM projects WHERE workspace_id = $1 AND id = $2 FOR UPDATE';
    return (await firstRow(this.manager, sql, [workspaceId, id])) !== null;
  }

  /** As `lock`, and against events of its runs: what others are storing now is stored when this returns. */
  async lockWithRuns(workspaceId: string, id: string): Promise<boolean> {
    // Runs before their project, as every other transaction does: the other order could end in a deadlock.
    await rows(this.manager, 'SELECT 1 FROM runs WHERE workspace_id = $1 AND project_id = $2 ORDER BY id FOR UPDATE', [
      workspaceId,
      id,
    ]);
    return this.lock(workspaceId, id);
  }

  /** Deletes the project with everything that hangs on it; the usage ledger stays. End its runs first. */
  async delete(workspaceId: string, id: string): Promise<boolean> {
    if (!(await this.lockWithRuns(workspaceId, id))) return false;
    const sql = 'DELETE FROM projects WHERE workspace_id = $1 AND id = $2 RETURNING 1';
    return (await rows(this.manager, sql, [workspaceId, id])).length === 1;
  }
}
