import type { StepClass } from '@planwright/contracts';
import type { WaitingStep } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';

/** Issued, and not handed to the outbox yet. The partial index `steps_waiting` has just these. */
export const WAITING = `status = 'queued' AND attempt > 0 AND admitted_at IS NULL`;

/** What a workspace has waiting in one class. */
export interface OldestSteps {
  class: StepClass;
  workspaceId: string;
  /** Oldest first. */
  waiting: readonly WaitingStep[];
  /** True if more may wait behind them. */
  more: boolean;
}

/**
 * Of every workspace in a class with room, as many of its oldest steps as there is room for. The workspaces are read
 * off the index one by one, from a row without workspace on, so their backlogs cost nothing, however long.
 */
export async function readOldestSteps(
  manager: EntityManager,
  classes: readonly { class: StepClass; room: number }[],
): Promise<OldestSteps[]> {
  const open = classes.filter(({ room }) => room > 0);
  if (open.length === 0) return [];
  return rows(
    manager,
    `WITH RECURSIVE lines AS (
       SELECT class, room, NULL::uuid AS workspace_id FROM unnest($1::text[], $2::int[]) AS open (class, room)
       UNION ALL
       SELECT class, room, next.workspace_id FROM lines CROSS JOIN LATERAL (
         SELECT workspace_id FROM steps
         WHERE ${WAITING} AND steps.class = lines.class
           AND workspace_id > coalesce(lines.workspace_id, '00000000-0000-0000-0000-000000000000')
         ORDER BY workspace_id LIMIT 1
       ) next
     )
     SELECT class, workspace_id AS "workspaceId", oldest.waiting, oldest.count = room AS more
     FROM lines CROSS JOIN LATERAL (
       SELECT count(*), json_agg(json_build_object('stepId', id, 'attempt', attempt, 'tokens', estimated_tokens)) AS waiting
       FROM (
         SELECT id, attempt, estimated_tokens FROM steps
         WHERE ${WAITING} AND steps.class = lines.class AND steps.workspace_id = lines.workspace_id
         ORDER BY issued_at, id LIMIT room
       ) step
     ) oldest
     WHERE workspace_id IS NOT NULL`,
    [open.map((each) => each.class), open.map(({ room }) => room)],
  );
}
