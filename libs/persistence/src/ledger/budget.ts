import type { BudgetState } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow } from '../sql.js';

/** What a workspace may spend in this calendar month (UTC), and what it has spent by the ledger, in micro-units. */
export type Budget = Pick<BudgetState, 'period' | 'limit' | 'spent'>;

/** The budget of each workspace that has one, on the database's clock. What was spent is read from an index. */
export const BUDGETS = `
  SELECT w.id AS workspace_id, jsonb_build_object(
    'period', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM'), 'limit', w.monthly_budget, 'spent', (
      SELECT coalesce(sum(l.cost), 0) FROM usage_ledger l
      WHERE l.workspace_id = w.id AND l.at >= date_trunc('month', now(), 'UTC')
    )) AS budget
  FROM workspaces w WHERE w.monthly_budget IS NOT NULL`;

/** Null where the workspace has none. */
export async function readBudget(manager: EntityManager, workspaceId: string): Promise<Budget | null> {
  const sql = `SELECT budget FROM (${BUDGETS}) b WHERE workspace_id = $1`;
  return (await firstRow<{ budget: Budget }>(manager, sql, [workspaceId]))?.budget ?? null;
}
