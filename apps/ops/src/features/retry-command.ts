import { appendAuditIn } from '@planwright/persistence';
import type { Database, RetriedFeature } from '@planwright/persistence';
import type { Command } from '../arguments.js';
import type { Terminal } from '../terminal.js';
import { count, oneLine } from '../text.js';
import { userName } from '../user-name.js';
import { withDatabase, withWorkspace } from '../workspaces/with-workspace.js';

/** Which features: of one workspace, of one project, or of all. */
interface Of {
  workspaceId?: string;
  projectId?: string | undefined;
}

/** What became of one feature. */
interface Retried {
  feature_id: string;
  description: string;
  run_id: string | null;
  /** Why it was not retried; null where it was. */
  reason: string | null;
}

const PAGE = 200;
const REASONS: Record<Extract<RetriedFeature, { ok: false }>['why'], string> = {
  run_active: 'a run is writing it already',
  nothing_to_retry: 'there is nothing to retry',
  completed: 'it is completed',
  no_run: 'it was imported, and no run of it is here',
  not_found: 'it is gone',
};

/** Retries every feature that has failed, each in a transaction of its own. Exit code 0 done, 1 not for all of them. */
export function retryCommand(
  { workspace, project, json }: Extract<Command, { name: 'retry' }>,
  terminal: Terminal,
): Promise<number> {
  const retryAll = async (database: Database, of: Of) => {
    const all: Retried[] = [];
    for (let page = await failedAfter(database, of, null); page.length > 0;) {
      for (const feature of page) all.push(await retry(database, feature));
      page = await failedAfter(database, of, page.at(-1)?.id ?? null);
    }
    terminal.out(json ? `${JSON.stringify(all, null, 2)}\n` : report(all));
    return all.some(({ reason }) => reason !== null) ? 1 : 0;
  };
  const of = { projectId: project ?? undefined };
  if (workspace === null) return withDatabase(terminal, (database) => retryAll(database, of));
  return withWorkspace(workspace, terminal, (database, { id }) => retryAll(database, { ...of, workspaceId: id }));
}

type Failed = Awaited<ReturnType<typeof failedAfter>>[number];

function failedAfter(database: Database, of: Of, after: string | null) {
  return database.transaction((tx) => tx.features.failed({ ...of, after }, PAGE));
}

/** With its entry in the audit log: what can't be noted is not done. The run keeps the provider and model it had. */
function retry(database: Database, { id, workspaceId, description }: Failed): Promise<Retried> {
  const actor = `ops:${userName()}`;
  return database.transaction(async (tx) => {
    const model = ({ provider, model: name }: { provider: string; model: string }) => ({ provider, model: name });
    const retried = await tx.features.retry({ workspaceId, featureId: id, triggeredBy: actor, model });
    if (!retried.ok) return { feature_id: id, description, run_id: null, reason: REASONS[retried.why] };
    const entry = { actor, action: 'feature.retry', subject: id, beforeHash: null, afterHash: null };
    await appendAuditIn(tx, [{ ...entry, workspaceId }]);
    return { feature_id: id, description, run_id: retried.runId, reason: null };
  });
}

function report(all: readonly Retried[]): string {
  if (all.length === 0) return 'No feature has failed.\n';
  const lines = all.map(({ feature_id, description, run_id, reason }) => {
    const what = oneLine(description, 60);
    return reason === null ? `✓ ${feature_id}  run ${run_id}  ${what}` : `✗ ${feature_id}  ${reason}  ${what}`;
  });
  const done = all.filter(({ reason }) => reason === null).length;
  return `${lines.join('\n')}\n${count(done, 'feature')} retried.\n`;
}
