import type { StepClass } from '@planwright/contracts';
import type { Turn, WaitingStep } from '@planwright/plan';
import { newId } from '@planwright/runtime';
import type { EntityManager } from 'typeorm';
import type { OutboxMessage, OutboxRow } from '../messages/outbox-row.js';
import { iso, rows } from '../sql.js';

/** Issued, and not handed to the outbox yet. The partial index `steps_waiting` has just these. */
const WAITING = `status = 'queued' AND attempt > 0 AND admitted_at IS NULL`;

/** Any number that nobody else locks. */
const LOCK = 4_107_001;

interface Line {
  class: StepClass;
  workspaceId: string;
  turn: string | null;
  deficit: number | null;
  inTurn: boolean | null;
  waiting: WaitingStep[];
}

/** Steps on their way from "issued" to "its command is in the outbox". Used under the admission lock. */
export class AdmissionRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Waits for the rounds of other processes; held until the transaction ends. */
  async lock(): Promise<void> {
    await rows(this.manager, 'SELECT pg_advisory_xact_lock($1)', [LOCK]);
  }

  /** Steps by class whose command is out and which have not ended: on their way to a generator, or with one. */
  async admitted(): Promise<ReadonlyMap<StepClass, number>> {
    const counts = await rows<{ class: StepClass; count: number }>(
      this.manager,
      `SELECT class, count(*)::int AS count FROM steps
       WHERE status IN ('queued', 'running') AND admitted_at IS NOT NULL GROUP BY class`,
    );
    return new Map(counts.map((row) => [row.class, row.count]));
  }

  /**
   * The workspaces that have steps waiting, by class, each with its place in the round and its oldest `limit` steps. The
   * pairs of class and workspace are read off the index one by one, so a backlog of any length costs nothing.
   */
  async turns(limit: number): Promise<ReadonlyMap<StepClass, Turn[]>> {
    const lines = await rows<Line>(
      this.manager,
      `WITH RECURSIVE lines AS (
         (SELECT class, workspace_id FROM steps WHERE ${WAITING} ORDER BY class, workspace_id LIMIT 1)
         UNION ALL
         SELECT next.class, next.workspace_id FROM lines CROSS JOIN LATERAL (
           SELECT class, workspace_id FROM steps
           WHERE ${WAITING} AND (class, workspace_id) > (lines.class, lines.workspace_id)
           ORDER BY class, workspace_id LIMIT 1
         ) next
       )
       SELECT class, workspace_id AS "workspaceId", turn, deficit, in_turn AS "inTurn", oldest.waiting
       FROM lines LEFT JOIN admission_turns USING (class, workspace_id)
       CROSS JOIN LATERAL (
         SELECT json_agg(json_build_object('stepId', id, 'attempt', attempt, 'tokens', estimated_tokens)) AS waiting
         FROM (
           SELECT id, attempt, estimated_tokens FROM steps
           WHERE ${WAITING} AND steps.class = lines.class AND steps.workspace_id = lines.workspace_id
           ORDER BY issued_at, id LIMIT $1
         ) step
       ) oldest
       ORDER BY class, turn NULLS LAST, workspace_id`,
      [limit],
    );
    const turns = Map.groupBy(lines, (line) => line.class);
    return new Map([...turns].map(([stepClass, of]) => [stepClass, inOrder(of, limit)]));
  }

  /** Keeps where each workspace stands; one that has nothing waiting any more is forgotten with its deficit. */
  async keep(stepClass: StepClass, turns: readonly Omit<Turn, 'waiting' | 'more'>[], emptied: readonly string[]) {
    if (emptied.length > 0) {
      const sql = 'DELETE FROM admission_turns WHERE class = $1 AND workspace_id = ANY($2)';
      await rows(this.manager, sql, [stepClass, emptied]);
    }
    if (turns.length === 0) return;
    await rows(
      this.manager,
      `INSERT INTO admission_turns (class, workspace_id, turn, deficit, in_turn)
       SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::int[], $5::boolean[])
       ON CONFLICT (class, workspace_id)
       DO UPDATE SET turn = excluded.turn, deficit = excluded.deficit, in_turn = excluded.in_turn`,
      [
        stepClass,
        turns.map(({ workspaceId }) => workspaceId),
        turns.map(({ turn }) => turn),
        turns.map(({ deficit }) => deficit),
        turns.map(({ inTurn }) => inTurn),
      ],
    );
  }

  /**
   * Hands the commands of these steps to the outbox and answers the rows. A step whose run is being changed at this
   * moment is left for the next round, so a round never waits for a run and no run for two rounds.
   */
  async admit(steps: readonly Pick<WaitingStep, 'stepId' | 'attempt'>[]): Promise<OutboxRow[]> {
    if (steps.length === 0) return [];
    const sent = await rows<Omit<OutboxMessage, 'payload'> & { stepId: string; attempt: number; occurredAt: Date }>(
      this.manager,
      `WITH chosen AS (
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
       )
       SELECT message_id AS id, 'step.generate' AS name, workspace_id AS "workspaceId", run_id AS "runId",
         cause_id AS "causationId", traceparent, id AS "stepId", attempt, admitted_at AS "occurredAt"
       FROM admitted ORDER BY place`,
      [steps.map(({ stepId }) => stepId), steps.map(({ attempt }) => attempt), steps.map(() => newId())],
    );
    return sent.map(({ stepId, attempt, occurredAt, ...row }) => ({
      ...row,
      payload: { step_id: stepId, attempt },
      occurredAt: iso(occurredAt),
    }));
  }
}

/** Who has no turn yet comes after all that have one. */
function inOrder(lines: readonly Line[], limit: number): Turn[] {
  let last = Math.max(0, ...lines.map(({ turn }) => Number(turn ?? 0)));
  return lines.map(({ workspaceId, turn, deficit, inTurn, waiting }) => ({
    workspaceId,
    turn: turn === null ? ++last : Number(turn),
    deficit: deficit ?? 0,
    inTurn: inTurn ?? false,
    waiting,
    more: waiting.length === limit,
  }));
}
