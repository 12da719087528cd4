import type { Ask, Budget } from '../limiter.js';

interface Account {
  period: string;
  /** What is known to be spent: by the ledger, or by what ended since. */
  spent: number;
  reserved: number;
}

/** What workspaces have spent and reserved, over all buckets. */
export class Budgets {
  private readonly accounts = new Map<string, Account>();

  /** `over`: it does not fit in any more. `short`: it would, if what others have reserved were not spent. */
  check({ workspaceId, budget, cost }: Pick<Ask, 'workspaceId' | 'budget' | 'cost'>): 'over' | 'short' | null {
    if (!budget) return null;
    const { spent, reserved } = this.account(workspaceId, budget);
    if (spent + cost > budget.limit) return 'over';
    return spent + reserved + cost > budget.limit ? 'short' : null;
  }

  of(workspaceId: string, budget: Budget | null): { limit: number; spent: number } {
    return { limit: budget?.limit ?? 0, spent: budget ? this.account(workspaceId, budget).spent : 0 };
  }

  reserve({ workspaceId, budget, cost }: Pick<Ask, 'workspaceId' | 'budget' | 'cost'>): void {
    if (budget) this.account(workspaceId, budget).reserved += cost;
  }

  /** What was reserved comes back, and what it cost is spent. */
  settle({ workspaceId, budget, cost: reserved }: Pick<Ask, 'workspaceId' | 'budget' | 'cost'>, cost: number): void {
    const account = budget && this.accounts.get(workspaceId);
    if (!account) return;
    account.reserved = Math.max(0, account.reserved - reserved);
    account.spent += cost;
  }

  /** The ledger knows at least so much. A new period begins with what it says; what speaks of an old one changes nothing. */
  private account(workspaceId: string, budget: Budget): Account {
    const known = this.accounts.get(workspaceId);
    if (known && known.period >= budget.period) {
      if (known.period === budget.period) known.spent = Math.max(known.spent, budget.spent);
      return known;
    }
    const account = { period: budget.period, spent: budget.spent, reserved: known?.reserved ?? 0 };
    this.accounts.set(workspaceId, account);
    return account;
  }
}
