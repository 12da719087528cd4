import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { usageReport } from './usage-report.js';
import { withWorkspace } from './with-workspace.js';

/** Prints what a workspace used in a month. */
export function usageCommand(
  { workspace: name, month: asked, json }: Extract<Command, { name: 'usage' }>,
  terminal: Terminal,
): Promise<number> {
  const month = asked ?? new Date().toISOString().slice(0, 7);
  return withWorkspace(name, terminal, async (database, { id, name: workspace, monthlyBudget }) => {
    const span = spanOf(month);
    const used = await database.read.usage(id, span);
    if (json) {
      const report = { workspace: { id, name: workspace }, month, ...used, monthly_budget: monthlyBudget };
      terminal.out(`${JSON.stringify(report, null, 2)}\n`);
    } else {
      terminal.out(usageReport(used, { workspace, month, monthlyBudget }));
    }
    return 0;
  });
}

function spanOf(month: string): { from: string; to: string } {
  const from = new Date(`${month}-01T00:00:00Z`);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
  return { from: from.toISOString(), to: to.toISOString() };
}
