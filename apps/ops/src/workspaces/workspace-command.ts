import { createHash } from 'node:crypto';
import { DEFAULT_MODELS, PROVIDER_NAMES } from '@planwright/contracts';
import { appendAuditIn } from '@planwright/persistence';
import type { Budget, Database, Workspace, WorkspaceSettings } from '@planwright/persistence';
import type { Command, WorkspaceChange } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { oneLine, table } from '../text.js';
import { userName } from '../user-name.js';
import { moneyOf, shareText } from './money.js';
import { withWorkspace } from './with-workspace.js';

/** Sets what is given, notes it in the audit log, and prints the workspace. */
export function workspaceCommand(
  { workspace: name, set, json }: Extract<Command, { name: 'workspace' }>,
  terminal: Terminal,
): Promise<number> {
  return withWorkspace(name, terminal, async (database, found) => {
    const workspace = Object.keys(set).length === 0 ? found : await change(database, found.id, set);
    const budget = await database.read.budget(workspace.id);
    terminal.out(json ? `${JSON.stringify({ ...asJson(workspace), budget }, null, 2)}\n` : report(workspace, budget));
    return 0;
  });
}

/** In one transaction with its entry in the audit log: what can't be noted is not done. */
function change(database: Database, id: string, set: WorkspaceChange): Promise<Workspace> {
  return database.transaction(async (tx) => {
    const before = await tx.workspaces.lock(id);
    if (!before) throw new Error(`workspace ${id} is gone`);
    const after = { ...before, ...changed(before, set) };
    if (hashOf(after) === hashOf(before)) return before;
    await tx.workspaces.update(id, after);
    const entry = { actor: `ops:${userName()}`, action: 'workspace.update', subject: id };
    await appendAuditIn(tx, [{ ...entry, workspaceId: id, beforeHash: hashOf(before), afterHash: hashOf(after) }]);
    return after;
  });
}

/** A model goes with the provider it belongs to. */
function changed(before: WorkspaceSettings, { provider, model, monthlyBudget }: WorkspaceChange): WorkspaceSettings {
  const preferredProvider = provider === undefined ? before.preferredProvider : provider;
  const kept = preferredProvider === before.preferredProvider ? before.preferredModel : null;
  return {
    preferredProvider,
    preferredModel: model === undefined ? kept : model,
    monthlyBudget: monthlyBudget === undefined ? before.monthlyBudget : monthlyBudget,
  };
}

function noModel(provider: string | null): string {
  const hasNone = PROVIDER_NAMES.some((name) => name === provider && DEFAULT_MODELS[name] === null);
  return hasNone ? '– (each run has to name one, unless PLANWRIGHT_MODEL does)' : "– (the provider's)";
}

const asJson = ({ id, name, preferredProvider, preferredModel, monthlyBudget }: Workspace) => ({
  id,
  name,
  preferred_provider: preferredProvider,
  preferred_model: preferredModel,
  monthly_budget: monthlyBudget,
});

const hashOf = (workspace: Workspace): string =>
  createHash('sha256')
    .update(JSON.stringify(asJson(workspace)))
    .digest('hex');

function report(
  { id, name, preferredProvider, preferredModel, monthlyBudget }: Workspace,
  budget: Budget | null,
): string {
  const spent =
    budget && `; ${moneyOf(budget.spent)} spent in ${budget.period} (${shareText(budget.spent, budget.limit)})`;
  const lines = table([
    ['workspace', `${oneLine(name, 100)} (${id})`],
    ['provider', preferredProvider ?? "– (the deployment's)"],
    ['model', preferredModel ?? noModel(preferredProvider)],
    ['monthly budget', monthlyBudget === null ? '– (none)' : `${moneyOf(monthlyBudget)}${spent ?? ''}`],
  ]);
  return `${lines.join('\n')}\n`;
}
