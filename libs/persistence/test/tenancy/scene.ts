import { createTask } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import { noteAudit } from '../../src/index.js';
import type { Database } from '../../src/index.js';
import { execute, finish, insert, newProject, newWorkspace, PRD, runOf, TASK_SET } from '../fixture.js';

/** What a workspace has, by id; or ids of nothing at all. */
export interface Things {
  workspaceId: string;
  projectId: string;
  runId: string;
  /** A run that has not ended. */
  activeRunId: string;
  documentId: string;
  versionId: string;
  taskId: string;
  featureId: string;
  stepId: string;
  apiKeyId: string;
  /** Of the API key. */
  hash: string;
  webhookId: string;
  deliveryId: string;
}

/** Ids that nothing has. */
export const NOTHING = (workspaceId: string): Things => ({
  ...{ workspaceId, projectId: newId(), runId: newId(), activeRunId: newId(), documentId: newId(), versionId: newId() },
  ...{ taskId: newId(), featureId: newId(), stepId: newId(), hash: '0'.repeat(64) },
  ...{ apiKeyId: newId(), webhookId: newId(), deliveryId: newId() },
});

/** A workspace with something of everything. */
export async function newThings(db: Database, monthlyBudget: number): Promise<Things> {
  const workspaceId = await newWorkspace(db);
  const projectId = await newProject(db, workspaceId);
  const run = await insert(db, runOf(projectId, [PRD, TASK_SET], { workspaceId }));
  await finish(db, run.id, (id) => `text of ${id}`);
  const active = await insert(db, runOf(projectId, [PRD], { workspaceId }));
  const [featureId, apiKeyId, webhookId, deliveryId] = [newId(), newId(), newId(), newId()];
  const hash = newId().replaceAll('-', '').repeat(2);
  const versionId = run.documents[0]?.versionId ?? '';
  const task = await db.transaction(async (tx) => {
    await tx.features.insert({ id: featureId, workspaceId, projectId, description: 'Swap slots.' });
    await tx.features.fail(featureId, 'No.', 5_000);
    await tx.apiKeys.ensure({ id: apiKeyId, workspaceId, name: 'key', hash, scopes: ['admin'] });
    const webhook = { url: 'https://hooks.example.com/plan', events: ['*' as const], description: '' };
    await tx.webhooks.insert({ ...webhook, id: webhookId, workspaceId, secret: Buffer.alloc(32) });
    const payload = {
      type: 'webhook.test' as const,
      timestamp: new Date().toISOString(),
      data: { webhook_id: webhookId },
    };
    await tx.webhooks.deliver(workspaceId, webhookId, {
      id: deliveryId,
      payload,
      message_id: 'msg_1',
      replay_of: null,
    });
    await noteAudit(tx, { workspaceId, actor: 'local' }, { action: 'project.import', subject: projectId });
    await tx.columns.replaceForWorkspace(workspaceId, projectId, [
      { key: 'todo', title: 'Later', category: 'todo' },
      { key: 'done', title: 'Gone', category: 'done' },
    ]);
    await tx.events.appendFeatures(projectId, [
      { type: 'feature.progress', run_id: run.id, feature_id: featureId, message: 'Creating tasks...' },
    ]);
    const made = await tx.tasks.create(workspaceId, projectId, createTask.parse({ title: 'A card of a person' }));
    if (!made.ok) throw new Error('no card was made');
    const [task] = made.changes;
    if (!task) throw new Error('no card was made');
    await tx.events.appendProject(projectId, [{ type: 'task.created', run_id: null, task: task.task }]);
    return task.task;
  });
  await execute(
    db,
    `UPDATE steps SET status = 'delayed', next_attempt_at = now(), reason = 'quota', position = 1
     WHERE run_id = $1 AND ordinal = 1`,
    [active.id],
  );
  await execute(db, 'UPDATE workspaces SET monthly_budget = $2 WHERE id = $1', [workspaceId, monthlyBudget]);
  const body = { type: 'stage', run_id: run.id, stage: 1, sections: [] };
  await execute(db, 'INSERT INTO run_events (run_id, n, workspace_id, at, body) VALUES ($1, 1, $2, now(), $3)', [
    run.id,
    workspaceId,
    body,
  ]);
  const [document] = (await db.read.documents(workspaceId, projectId, { limit: 1 })).items;
  return {
    ...{ workspaceId, projectId, runId: run.id, activeRunId: active.id, documentId: document?.id ?? '', versionId },
    ...{ taskId: task.id, featureId, stepId: run.documents[0]?.steps[0]?.id ?? '', hash },
    ...{ apiKeyId, webhookId, deliveryId },
  };
}
