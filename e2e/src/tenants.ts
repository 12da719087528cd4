import { createHash, randomUUID } from 'node:crypto';
import { createClient } from '@planwright/client';
import type { Client } from '@planwright/client';
import { DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { query } from './rows.js';

/** In every text of the other tenant, so that one that shows up elsewhere is noticed. */
export const THEIR_MARK = 'somebody elses violet hippopotamus';

/** A workspace of its own with an API key. `revoked`, `expired`: the key was one once. */
export async function addTenant(
  databaseUrl: string,
  key: string,
  { revoked = false, expired = false, role = 'admin' } = {},
): Promise<void> {
  const workspace = randomUUID();
  await query(databaseUrl, `insert into workspaces (id, name) values ($1, 'another')`, [workspace]);
  await query(
    databaseUrl,
    `insert into columns (workspace_id, key, title, category, position)
     select $1, key, title, category, position from columns where project_id is null and workspace_id = $2`,
    [workspace, DEFAULT_WORKSPACE_ID],
  );
  await query(
    databaseUrl,
    `insert into api_keys (id, workspace_id, name, hash, scopes, revoked_at, expires_at)
     values ($1, $2, 'theirs', $3, array[$6], case when $4 then now() end, case when $5 then now() end)`,
    [randomUUID(), workspace, createHash('sha256').update(key).digest('hex'), revoked, expired, role],
  );
}

/** Ids of things that a tenant has, by the word in the path that stands before them. */
export async function makeThings(url: string, apiKey: string): Promise<Record<string, string>> {
  const client: Client = createClient({ url, apiKey });
  const project = await client.projects.create({ name: THEIR_MARK, idea: THEIR_MARK, constraints: THEIR_MARK });
  const run = await client.runs.start(project.id, { documents: ['prd'], mode: 'draft' });
  const authorization = `Bearer ${apiKey}`;
  const post = async (path: string, body: object) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/projects/${project.id}/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id?: string; feature_id?: string };
  };
  const task = await post('tasks', { title: THEIR_MARK });
  const feature = await post('features', { description: THEIR_MARK });
  const apiKeyOfTheirs = await client.apiKeys.create({ name: THEIR_MARK, role: 'viewer' });
  const webhook = await client.webhooks.create({ url: 'https://hooks.example.com/plan', events: ['*'] });
  const delivery = await client.webhooks.test(webhook.id);
  const [prd] = run.documents;
  return {
    projects: project.id,
    runs: run.id,
    documents: prd?.id ?? '',
    prds: prd?.id ?? '',
    versions: prd?.version_id ?? '',
    diff: prd?.version_id ?? '',
    tasks: task.id ?? '',
    features: feature.feature_id ?? '',
    'api-keys': apiKeyOfTheirs.id,
    webhooks: webhook.id,
    deliveries: delivery.id,
  };
}
