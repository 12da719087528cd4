import type { ProjectEventBody } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import type { Numbered, StoredRunFact } from './reads/types.js';
import { iso, rows } from './sql.js';

/**
 * Numbered events. The counter stands on the row of the run or the project; raising it locks that row until the
 * transaction ends, so numbers have no gaps and are visible in their order, however many writers there are.
 */
export class EventsRepository {
  constructor(private readonly manager: EntityManager) {}

  async appendRun(runId: string, bodies: StoredRunFact[]): Promise<Numbered<StoredRunFact>[]> {
    return this.append('run', runId, bodies.map(withoutText));
  }

  async appendProject(projectId: string, bodies: ProjectEventBody[]): Promise<Numbered<ProjectEventBody>[]> {
    return this.append('project', projectId, bodies);
  }

  /** The clock is read after the lock is held, so instants rise with the numbers. */
  private async append<Body>(of: 'run' | 'project', id: string, bodies: Body[]): Promise<Numbered<Body>[]> {
    if (bodies.length === 0) return [];
    const inserted = await rows<{ n: number; at: Date }>(
      this.manager,
      `WITH counter AS (
         UPDATE ${of}s SET event_seq = event_seq + jsonb_array_length($2::jsonb) WHERE id = $1
         RETURNING id, workspace_id, event_seq - jsonb_array_length($2::jsonb) AS before, clock_timestamp() AS at
       )
       INSERT INTO ${of}_events (${of}_id, n, workspace_id, at, body)
       SELECT counter.id, counter.before + event.place, counter.workspace_id, counter.at, event.body
       FROM counter, jsonb_array_elements($2::jsonb) WITH ORDINALITY AS event (body, place)
       RETURNING n, at`,
      [id, JSON.stringify(bodies)],
    );
    if (inserted.length !== bodies.length) throw new Error(`${of} ${id} is not there to number events for`);
    inserted.sort((a, b) => a.n - b.n);
    return bodies.map((body, i) => ({ n: inserted[i]?.n ?? 0, at: iso(inserted[i]?.at ?? ''), body }));
  }
}

/** A section's text has one home. */
function withoutText(body: StoredRunFact): StoredRunFact {
  if (body.type !== 'section_complete' || !('content' in body)) return body;
  const { content: _, ...stored } = body as StoredRunFact & { type: 'section_complete'; content: string };
  return stored;
}
