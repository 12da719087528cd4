import type { FeatureStatus } from '@planwright/contracts';
import { isEndedRun } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import type { EntityManager } from 'typeorm';
import type { OutboxMessage } from '../messages/outbox-row.js';
import { OutboxRepository } from '../messages/outbox.repository.js';
import { insertRun } from '../runs/insert-run.js';
import { retryOf } from '../runs/retry-of.js';
import type { Retrier } from '../runs/retry-of.js';
import { readRetrySource } from '../runs/retry-source.js';
import type { RetrySource } from '../runs/retry-source.js';
import { firstRow, rows } from '../sql.js';

/** Which feature is retried, by whom, and who writes: `model` is asked for the run that failed. */
export interface FeatureRetry {
  workspaceId: string;
  featureId: string;
  triggeredBy: string;
  model: (failed: RetrySource) => Pick<Retrier, 'provider' | 'model'>;
}

export type RetriedFeature =
  /** The new run, and the command that begins it: it is in the outbox, and may be sent once this is committed. */
  | { ok: true; runId: string; start: OutboxMessage }
  /** Nothing was written. `runId`: the run that is in the way. */
  | { ok: false; why: 'run_active'; runId: string }
  /** `completed`: nothing of it has failed. `no_run`: it was imported, so there is nothing that a retry could begin from. */
  | { ok: false; why: 'completed'; projectId: string; description: string }
  | { ok: false; why: 'not_found' | 'nothing_to_retry' | 'no_run' };

/**
 * Opens a new run for a feature that has failed, which is `pending` again with it. The one way to do so: for a person who
 * asks, and for an operator who retries all that failed. Those who retry the same feature stand in a line, which comes
 * before any row's lock: whoever comes second finds the run of the first.
 */
export async function retryFeature(manager: EntityManager, retry: FeatureRetry): Promise<RetriedFeature> {
  const { workspaceId, featureId, triggeredBy } = retry;
  await rows(manager, `SELECT pg_advisory_xact_lock(hashtextextended('retry of feature ' || $1, 0))`, [featureId]);
  const feature = await firstRow<{
    runId: string | null;
    status: FeatureStatus;
    projectId: string;
    description: string;
  }>(
    manager,
    `SELECT run_id AS "runId", status, project_id AS "projectId", description FROM features
     WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, featureId],
  );
  if (!feature) return { ok: false, why: 'not_found' };
  const source = feature.runId && (await readRetrySource(manager, workspaceId, feature.runId));
  if (feature.status === 'completed') {
    const { projectId, description } = feature;
    return { ok: false, why: 'completed', projectId, description };
  }
  if (!source) return { ok: false, why: 'no_run' };
  if (!isEndedRun(source.status)) return { ok: false, why: 'run_active', runId: source.id };
  const run = retryOf(source, { workspaceId, triggeredBy, ...retry.model(source) });
  if (!run) return { ok: false, why: 'nothing_to_retry' };
  const inserted = await insertRun(manager, run, 'refuse');
  if (!inserted.ok) return { ok: false, why: 'run_active', runId: inserted.conflict.runId };
  const start = startOf(run);
  await new OutboxRepository(manager).add([start]);
  return { ok: true, runId: run.id, start };
}

function startOf({ id, workspaceId }: { id: string; workspaceId: string }): OutboxMessage {
  const origin = { causationId: null, traceparent: null };
  return { id: newId(), name: 'run.start', workspaceId, runId: id, ...origin, payload: { run_id: id } };
}
