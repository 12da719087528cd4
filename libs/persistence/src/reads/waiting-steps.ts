import type { LimitsReport, WaitingStepResource } from '@planwright/contracts';
import { SECTION_WAITS } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

export type WaitingSteps = Pick<LimitsReport, 'waiting' | 'waiting_steps'>;
type Row = Omit<WaitingStepResource, 'next_attempt_at'> & { next_attempt_at: Date; total: number };

/**
 * Steps of a workspace that wait for an instant: how many, and those whose instant comes first. One that waits for another
 * section of its run is in the queue for people, and not among them.
 */
export async function readWaitingSteps(
  manager: EntityManager,
  workspaceId: string,
  most: number,
): Promise<WaitingSteps> {
  const found = await rows<Row>(
    manager,
    `SELECT t.run_id, p.id AS project_id, p.name AS project_name, d.kind AS document, t.section_id,
       s.title AS section_title, r.provider, r.model, t.reason, t.position, t.next_attempt_at,
       count(*) OVER ()::int AS total
     FROM steps t
     JOIN runs r ON r.id = t.run_id
     JOIN projects p ON p.id = r.project_id
     JOIN documents d ON d.id = t.document_id
     JOIN sections s ON s.version_id = t.version_id AND s.section_id = t.section_id
     WHERE t.workspace_id = $1 AND t.status = 'delayed' AND t.reason <> ALL ($2::text[])
     ORDER BY t.next_attempt_at, t.id LIMIT $3`,
    [workspaceId, SECTION_WAITS, most],
  );
  return {
    waiting_steps: found[0]?.total ?? 0,
    waiting: found.map(({ total: _, next_attempt_at: at, ...step }) => ({
      ...step,
      next_attempt_at: at.toISOString(),
    })),
  };
}
