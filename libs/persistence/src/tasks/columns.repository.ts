import type { Column } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import { readColumns } from './columns.js';
import type { BoardColumns } from './columns.js';

/** A column that would vanish, and how many cards lie in it. */
export interface ColumnInUse {
  key: string;
  tasks: number;
}

export type ReplacedColumns = ({ ok: true } & BoardColumns) | { ok: false; inUse: ColumnInUse[] };

/** Columns of boards. Cards that are off the board hold no column: one that is restored finds another. */
export class ColumnsRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Gives a project columns of its own, or with null the workspace's again; refused while cards lie in one that would
   * vanish. Locks the project's row, as every change of its board does. Null where the workspace has no such project.
   */
  async replaceForProject(
    workspaceId: string,
    projectId: string,
    columns: readonly Column[] | null,
  ): Promise<ReplacedColumns | null> {
    await this.inTurn(workspaceId);
    const locked = await this.lock('workspace_id = $1 AND id = $2', [workspaceId, projectId]);
    if (locked.length === 0) return null;
    await this.store(workspaceId, projectId, columns ?? []);
    return this.checked(workspaceId, projectId, locked);
  }

  /**
   * Gives the workspace other columns, for all projects that have none of their own; those are locked, in the order of
   * their ids. `projectId`: whose board is answered.
   */
  async replaceForWorkspace(
    workspaceId: string,
    projectId: string,
    columns: readonly Column[],
  ): Promise<ReplacedColumns | null> {
    await this.inTurn(workspaceId);
    const shared = `workspace_id = $1
      AND NOT EXISTS (SELECT 1 FROM columns c WHERE c.workspace_id = $1 AND c.project_id = projects.id)`;
    const locked = await this.lock(shared, [workspaceId]);
    await this.store(workspaceId, null, columns);
    return this.checked(workspaceId, projectId, locked);
  }

  /**
   * One change of columns at a time, until the end of the transaction: a project that takes the workspace's again must not
   * miss a change of those. Changes wait for it by themselves; who compares before a change asks for it first.
   */
  async inTurn(workspaceId: string): Promise<void> {
    await rows(this.manager, `SELECT pg_advisory_xact_lock(hashtextextended('columns ' || $1, 0))`, [workspaceId]);
  }

  private async lock(where: string, parameters: string[]): Promise<string[]> {
    const sql = `SELECT id FROM projects WHERE ${where} ORDER BY id FOR NO KEY UPDATE`;
    return (await rows<{ id: string }>(this.manager, sql, parameters)).map(({ id }) => id);
  }

  private async store(workspaceId: string, projectId: string | null, columns: readonly Column[]): Promise<void> {
    await rows(
      this.manager,
      'DELETE FROM columns WHERE workspace_id = $1 AND project_id IS NOT DISTINCT FROM $2::uuid',
      [workspaceId, projectId],
    );
    await rows(
      this.manager,
      `INSERT INTO columns (workspace_id, project_id, key, title, category, position)
       SELECT $1, $2, key, title, category, ordinality
       FROM ROWS FROM (jsonb_to_recordset($3::jsonb) AS (key text, title text, category text)) WITH ORDINALITY`,
      [workspaceId, projectId, JSON.stringify(columns)],
    );
  }

  /** The new columns, unless cards of these projects lie in none of them: then the transaction has to be undone. */
  private async checked(workspaceId: string, projectId: string, projectIds: string[]): Promise<ReplacedColumns> {
    // All of them have the same columns.
    const shown = await readColumns(this.manager, workspaceId, projectIds[0] ?? projectId);
    const inUse = await rows<ColumnInUse>(
      this.manager,
      `SELECT status AS key, count(*)::int AS tasks FROM tasks
       WHERE project_id = ANY($1) AND retired_at IS NULL AND deleted_at IS NULL AND status <> ALL($2)
       GROUP BY status ORDER BY status`,
      [projectIds, shown.columns.map(({ key }) => key)],
    );
    if (inUse.length > 0) return { ok: false, inUse };
    return { ok: true, ...(await readColumns(this.manager, workspaceId, projectId)) };
  }
}
