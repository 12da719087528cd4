import type { FeatureEventBody, ProjectEventBody } from '@planwright/contracts';
import type { EntityManager } from 'typeorm';
import type { Numbered } from './reads/types.js';
import { iso, rows } from './sql.js';

/** The channels of a project, with the column that counts each one's events. */
const COUNTERS = { project: 'event_seq', features: 'feature_event_seq' } as const;

/** Numbered events of projects. Those of a run are numbered under its lock (`numberFacts`) and saved with it. */
export class EventsRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Of the channel `project.{id}`. The counter stands on the project's row; raising it locks that row until the
   * transaction ends, so numbers have no gaps and are visible in their order, however many writers there are. The clock
   * is read after the lock is held, so instants rise with the numbers.
   */
  appendProject(projectId: string, bodies: ProjectEventBody[]): Promise<Numbered<ProjectEventBody>[]> {
    return this.append(projectId, 'project', bodies);
  }

  /** The same for `project.{id}.features`, which has numbers of its own. */
  appendFeatures(projectId: string, bodies: FeatureEventBody[]): Promise<Numbered<FeatureEventBody>[]> {
    return this.append(projectId, 'features', bodies);
  }

  private async append<Body>(
    projectId: string,
    channel: keyof typeof COUNTERS,
    bodies: Body[],
  ): Promise<Numbered<Body>[]> {
    if (bodies.length === 0) return [];
    const counter = COUNTERS[channel];
    const inserted = await rows<{ n: number; at: Date }>(
      this.manager,
      `WITH counter AS (
         UPDATE projects SET ${counter} = ${counter} + jsonb_array_length($2::jsonb) WHERE id = $1
         RETURNING id, workspace_id, ${counter} - jsonb_array_length($2::jsonb) AS before, clock_timestamp() AS at
       )
       INSERT INTO project_events (project_id, channel, n, workspace_id, at, body)
       SELECT counter.id, $3, counter.before + event.place, counter.workspace_id, counter.at, event.body
       FROM counter, jsonb_array_elements($2::jsonb) WITH ORDINALITY AS event (body, place)
       RETURNING n, at`,
      [projectId, JSON.stringify(bodies), channel],
    );
    if (inserted.length !== bodies.length) throw new Error(`project ${projectId} is not there to number events for`);
    inserted.sort((a, b) => a.n - b.n);
    return bodies.map((body, i) => ({ n: inserted[i]?.n ?? 0, at: iso(inserted[i]?.at ?? ''), body }));
  }
}
