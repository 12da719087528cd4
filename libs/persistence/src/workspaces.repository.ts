import type { EntityManager } from 'typeorm';
import { firstRow, rows } from './sql.js';

/** What a workspace prefers and may spend. */
export interface WorkspaceSettings {
  preferredProvider: string | null;
  preferredModel: string | null;
  /** Micro-units of the currency in a calendar month, UTC; null: no budget. */
  monthlyBudget: number | null;
}

export interface Workspace extends WorkspaceSettings {
  id: string;
  name: string;
}

const WORKSPACE = `
  SELECT id, name, preferred_provider AS "preferredProvider", preferred_model AS "preferredModel",
    monthly_budget::float8 AS "monthlyBudget"
  FROM workspaces`;

export function readWorkspace(manager: EntityManager, id: string): Promise<Workspace | null> {
  return firstRow(manager, `${WORKSPACE} WHERE id = $1`, [id]);
}

/** Those with this name; names are not unique. `name` may also be an id. */
export function readWorkspacesNamed(manager: EntityManager, name: string): Promise<Workspace[]> {
  return rows(manager, `${WORKSPACE} WHERE name = $1 OR id::text = lower($1) ORDER BY id`, [name]);
}

export class WorkspacesRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Locks the workspace's row against other changes of it until the transaction ends. Null when there is none. */
  lock(id: string): Promise<Workspace | null> {
    return firstRow(this.manager, `${WORKSPACE} WHERE id = $1 FOR NO KEY UPDATE`, [id]);
  }

  async update(id: string, { preferredProvider, preferredModel, monthlyBudget }: WorkspaceSettings): Promise<void> {
    await rows(
      this.manager,
      'UPDATE workspaces SET preferred_provider = $2, preferred_model = $3, monthly_budget = $4 WHERE id = $1',
      [id, preferredProvider, preferredModel, monthlyBudget],
    );
  }
}
