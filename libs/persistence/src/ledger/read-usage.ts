import type { UsageReport } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import { callsIn, sumOfUsage, totalCost } from './sums.js';

export type LedgerUsage = Pick<UsageReport, 'calls' | 'usage' | 'cost' | 'by_model'>;
type Row = UsageReport['by_model'][number] & { whole: boolean };

/** From the first instant (with it) to the second (without it). */
export interface Span {
  from: string;
  to: string;
}

const CALLS = callsIn('l');

/** What a workspace used within a span: in all, and by provider and model, the most calls first. */
export async function readUsage(manager: EntityManager, workspaceId: string, { from, to }: Span): Promise<LedgerUsage> {
  const found = await rows<Row>(
    manager,
    `SELECT grouping(l.provider) = 1 AS whole, l.provider, l.model, count(*)::int AS calls,
       ${sumOfUsage(CALLS)} AS usage, ${totalCost(CALLS)} AS cost
     FROM usage_ledger l WHERE l.workspace_id = $1 AND l.at >= $2 AND l.at < $3
     GROUP BY GROUPING SETS ((), (l.provider, l.model)) ORDER BY calls DESC, l.provider, l.model`,
    [workspaceId, from, to],
  );
  const total = found.find(({ whole }) => whole);
  const models = found.filter(({ whole }) => !whole);
  return {
    calls: total?.calls ?? 0,
    usage: total?.usage ?? null,
    cost: total?.cost ?? null,
    by_model: models.map(({ whole: _, ...row }) => row),
  };
}
