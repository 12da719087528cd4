import type { UsageQuery, UsageReport } from '@planwright/contracts';
import { invalidFields } from '@planwright/contracts';
import type { Database, Span } from '@planwright/persistence';
import type { Clock } from '@planwright/runtime';
import { refusal } from '../http/problem.js';

/** What a workspace used, and what is left of its budget. */
export class ReadUsage {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async execute(workspaceId: string, query: UsageQuery): Promise<UsageReport> {
    const span = spanOf(query, new Date(this.clock.now()));
    const [used, budget] = await Promise.all([
      this.database.read.usage(workspaceId, span),
      this.database.read.budget(workspaceId),
    ]);
    const remaining = budget && Math.max(0, budget.limit - budget.spent);
    return { ...span, ...used, budget: budget && { ...budget, remaining: remaining ?? 0 } };
  }
}

/** Without anything asked for, the calendar month (UTC); with an end alone, the month it ends in. */
export function spanOf(query: UsageQuery, now: Date): Span {
  const to = query.to ? new Date(query.to) : startOfMonth(now, 1);
  const from = query.from ? new Date(query.from) : startOfMonth(new Date(to.getTime() - 1), 0);
  if (from >= to) {
    const message = `must be earlier than ${to.toISOString()}, the end of this month, or come with a later ?to`;
    throw refusal(invalidFields([{ pointer: '?from', code: 'too_late', message }]));
  }
  return { from: from.toISOString(), to: to.toISOString() };
}

const startOfMonth = (at: Date, later: number): Date =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later));
