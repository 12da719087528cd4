import type { ProjectEventBody } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import { firstRow, iso, rows } from '../sql.js';
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
  const found = await rows<{ n: number; at: Date; body: ProjectEventBody }>(
    manager,
    'SELECT n, at, body FROM project_events WHERE project_id = $1 AND n > $2 ORDER BY n LIMIT $3',
    [projectId, afterN, limit],
  );
  return found.map(({ n, at, body }) => ({ n, at: iso(at), body }));
}

/** The workspace a channel belongs to; null for a channel of nothing that exists. */
export async function readChannelOwner(manager: EntityManager, channel: string): Promise<string | null> {
  const [, of, id] = /^(run|project)\.([0-9a-f-]{36})(?:\.features)?$/.exec(channel) ?? [];
  if (of === undefined || id === undefined) return null;
  const sql = `SELECT workspace_id AS owner FROM ${of}s WHERE id = $1`;
  return (await firstRow<{ owner: string }>(manager, sql, [id]))?.owner ?? null;
}

function withText(body: StoredRunFact, content: string | null): RunFact {
  if (body.type !== 'section_complete') return body;
  if (content === null)
    throw new Error(`section ${body.section_id} of document ${body.document_id} has an event and no text`);
  return { ...body, content };
}
