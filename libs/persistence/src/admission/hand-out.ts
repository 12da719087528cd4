import { newId } from '@planwright/runtime';
import type { WaitingStep } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import type { OutboxMessage, OutboxRow } from '../messages/outbox-row.js';
import { iso, preparedRows } from '../sql.js';
import type { Line, Place } from './lines.js';

/** What a round decided about one line. */
export interface Round {
  line: Pick<Line, 'class' | 'places'>;
  /** In the order in which to hand them out. */
  admitted: readonly Pick<WaitingStep, 'stepId' | 'attempt'>[];
  /** Where the workspaces that stay in the line stand now. */
  turns: readonly Place[];
  /** The workspaces that left it. */
  emptied: readonly string[];
}

interface Sent extends Omit<OutboxMessage, 'payload'> {
  stepId: string;
  attempt: number;
  occurredAt: Date;
}

/**
 * `chosen` locks the steps. One that its run is writing at this moment is left for the next round, so a round never waits
 * for a run; a run that writes a step just chosen waits for this commit, and keeps what it wrote.
 */
const HAND_OUT = `
  chosen AS (
    SELECT steps.id, message.id AS message_id, message.place
    FROM unnest($1::uuid[], $2::int[], $3::uuid[]) WITH ORDINALITY AS message (step_id, attempt, id, place)
    JOIN steps ON steps.id = message.step_id AND steps.attempt = message.attempt
    WHERE status = 'queued' AND admitted_at IS NULL
    FOR UPDATE OF steps SKIP LOCKED
  ), admitted AS (
    UPDATE steps SET admitted_at = clock_timestamp(), seen_at = clock_timestamp()
    FROM chosen WHERE steps.id = chosen.id
    RETURNING steps.*, chosen.message_id, chosen.place
  ), sent AS (
    INSERT INTO outbox (id, name, workspace_id, run_id, causation_id, traceparent, payload, created_at)
    SELECT message_id, 'step.generate', workspace_id, run_id, cause_id, traceparent,
      jsonb_build_object('step_id', id, 'attempt', attempt), admitted_at
    FROM admitted ORDER BY place
  )`;

const KEEP_PLACES = `
  kept AS (
    INSERT INTO admission_turns (class, workspace_id, turn, deficit, in_turn)
    SELECT * FROM jsonb_to_recordset($4::jsonb)
      AS place (class text, "workspaceId" uuid, turn bigint, deficit int, "inTurn" boolean)
    ON CONFLICT (class, workspace_id)
    DO UPDATE SET turn = excluded.turn, deficit = excluded.deficit, in_turn = excluded.in_turn
  ), forgotten AS (
    DELETE FROM admission_turns
    USING jsonb_to_recordset($5::jsonb) AS place (class text, "workspaceId" uuid)
    WHERE admission_turns.class = place.class AND admission_turns.workspace_id = place."workspaceId"
  )`;

/**
 * Hands the commands of the admitted steps to the outbox, answers the rows, and keeps the places that changed. One
 * statement; none where nothing changes.
 */
export async function handOut(manager: EntityManager, rounds: readonly Round[]): Promise<OutboxRow[]> {
  const steps = rounds.flatMap(({ admitted }) => admitted);
  const kept = rounds.flatMap(({ line, turns }) =>
    turns
      .filter((turn) => !isSame(turn, line.places.get(turn.workspaceId)))
      .map((turn) => ({ ...turn, class: line.class })),
  );
  const forgotten = rounds.flatMap(({ line, emptied }) =>
    emptied.filter((id) => line.places.has(id)).map((workspaceId) => ({ class: line.class, workspaceId })),
  );
  const isMoved = kept.length > 0 || forgotten.length > 0;
  if (steps.length === 0 && !isMoved) return [];
  const sent = await preparedRows<Sent>(
    manager,
    isMoved ? 'hand_out_and_keep_places' : 'hand_out',
    `WITH ${isMoved ? `${HAND_OUT}, ${KEEP_PLACES}` : HAND_OUT}
     SELECT message_id AS id, 'step.generate' AS name, workspace_id AS "workspaceId", run_id AS "runId",
       cause_id AS "causationId", traceparent, id AS "stepId", attempt, admitted_at AS "occurredAt"
     FROM admitted ORDER BY place`,
    [
      steps.map(({ stepId }) => stepId),
      steps.map(({ attempt }) => attempt),
      steps.map(() => newId()),
      ...(isMoved ? [JSON.stringify(kept), JSON.stringify(forgotten)] : []),
    ],
  );
  return sent.map(({ stepId, attempt, occurredAt, ...row }) => ({
    ...row,
    payload: { step_id: stepId, attempt },
    occurredAt: iso(occurredAt),
  }));
}

function isSame(one: Place, other: Place | undefined): boolean {
  return one.turn === other?.turn && one.deficit === other.deficit && one.inTurn === other.inTurn;
}
