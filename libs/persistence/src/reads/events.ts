import type { FeatureEventBody, ProjectEventBody } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso, preparedRows, rows } from '../sql.js';
import type { Numbered, RunFact, StoredRunFact } from './types.js';

/**
 * A run's events after number `afterN`, in order. The text of `section_complete` is joined from the section it speaks of,
 * which never changes again. Not filtered by workspace: ask `channelOwner` first.
 */
export async function readRunEvents(
  manager: EntityManager,
  runId: string,
  afterN: number,
  limit: number,
): Promise<Numbered<RunFact>[]> {
  const found = await rows<{ n: number; at: Date; body: StoredRunFact; content: string | null }>(
    manager,
    `SELECT e.n, e.at, e.body, s.content
     FROM run_events e
     LEFT JOIN document_versions v ON e.body ->> 'type' = 'section_complete' AND v.run_id = e.run_id
       AND v.document_id = (e.body ->> 'document_id')::uuid
     LEFT JOIN sections s ON s.version_id = v.id AND s.section_id = e.body ->> 'section_id'
     WHERE e.run_id = $1 AND e.n > $2 ORDER BY e.n LIMIT $3`,
    [runId, afterN, limit],
  );
  return found.map(({ n, at, body, content }) => ({ n, at: iso(at), body: withText(body, content) }));
}

/** A project's events after number `afterN`, in order. Not filtered by workspace: ask `channelOwner` first. */
export async function readProjectEvents(
  manager: EntityManager,
  projectId: string,
  afterN: number,
  limit: number,
): Promise<Numbered<ProjectEventBody>[]> {
  return readChannelEvents(manager, projectId, 'project', afterN, limit);
}

/** As `readProjectEvents`, for the channel of the project's features. */
export async function readFeatureEvents(
  manager: EntityManager,
  projectId: string,
  afterN: number,
  limit: number,
): Promise<Numbered<FeatureEventBody>[]> {
  return readChannelEvents(manager, projectId, 'features', afterN, limit);
}

async function readChannelEvents<Body>(
  manager: EntityManager,
  projectId: string,
  channel: 'project' | 'features',
  afterN: number,
  limit: number,
): Promise<Numbered<Body>[]> {
  const found = await rows<{ n: number; at: Date; body: Body }>(
    manager,
    `SELECT n, at, body FROM project_events WHERE project_id = $1 AND channel = $4 AND n > $2 ORDER BY n LIMIT $3`,
    [projectId, afterN, limit, channel],
  );
  return found.map(({ n, at, body }) => ({ n, at: iso(at), body }));
}

const CHANNEL = /^(run|project)\.([0-9a-f-]{36})(?:\.features)?$/;

/** The workspace a channel belongs to; null for a channel of nothing that exists, or that can be seen. */
export async function readChannelOwner(manager: EntityManager, channel: string): Promise<string | null> {
  const [, of, id] = CHANNEL.exec(channel) ?? [];
  if (of === undefined || id === undefined) return null;
  const sql = `SELECT workspace_id AS owner FROM ${of}s WHERE id = $1`;
  return (await preparedRows<{ owner: string }>(manager, `${of}_owner`, sql, [id]))[0]?.owner ?? null;
}

/** As `readChannelOwner`, past row-level security: it tells the id of a workspace, and nothing of what is in it. */
export async function readChannelOwnerAnywhere(manager: EntityManager, channel: string): Promise<string | null> {
  const [, of, id] = CHANNEL.exec(channel) ?? [];
  if (of === undefined || id === undefined) return null;
  const sql = 'SELECT planwright_channel_owner($1, $2) AS owner';
  return (await firstRow<{ owner: string | null }>(manager, sql, [of, id]))?.owner ?? null;
}

function withText(body: StoredRunFact, content: string | null): RunFact {
  if (body.type !== 'section_complete') return body;
  if (content === null)
    throw new Error(`section ${body.section_id} of document ${body.document_id} has an event and no text`);
  return { ...body, content };
}
