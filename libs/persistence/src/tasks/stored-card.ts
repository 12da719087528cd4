import type { Column, TaskFields } from '@planwright/contracts';
import { editedFields } from '@planwright/plan';
import type { BoardCard } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { rows } from '../sql.js';
import { categoryOf } from './columns.js';

/** A card with its place in a column. */
export interface StoredCard extends BoardCard {
  /** Key of its column. */
  status: string;
  rank: string;
  /** The task set whose text it was last given. */
  taskSetId: string | null;
}

type Row = Omit<StoredCard, 'category' | 'fields'> & TaskFields;

/**
 * All cards of a project by number, those off the board included. Read under the lock of the board. `textOf`: only this one
 * with its text, all others with their places and dependencies, which is what changing one card needs of them.
 */
export async function readCards(
  manager: EntityManager,
  projectId: string,
  columns: readonly Column[],
  textOf?: string,
): Promise<StoredCard[]> {
  const found = await rows<Row>(
    manager,
    `SELECT id, number, origin, feature_id AS "featureId",
       CASE WHEN deleted_at IS NOT NULL THEN 'deleted' WHEN retired_at IS NOT NULL THEN 'retired' ELSE 'board' END AS place,
       title, type, priority, estimate, labels, dependencies, requirements, kept, status, rank,
       source_task_set_id AS "taskSetId",
       CASE WHEN whole THEN description ELSE '' END AS description,
       CASE WHEN whole THEN acceptance_criteria ELSE '{}' END AS acceptance_criteria,
       CASE WHEN whole THEN base END AS base, CASE WHEN whole THEN suggestion END AS suggestion
     FROM tasks CROSS JOIN LATERAL (SELECT $2::uuid IS NULL OR id = $2 AS whole) w
     WHERE project_id = $1 ORDER BY number`,
    [projectId, textOf],
  );
  return found.map((row) => toCard(row, columns));
}

function toCard(
  {
    title,
    description,
    acceptance_criteria,
    type,
    priority,
    estimate,
    labels,
    dependencies,
    requirements,
    ...card
  }: Row,
  columns: readonly Column[],
): StoredCard {
  const text = { title, description, acceptance_criteria, type, priority, estimate };
  return {
    ...card,
    category: categoryOf(columns, card.status),
    fields: { ...text, labels, dependencies, requirements },
  };
}

const FIELDS = `title text, description text, acceptance_criteria text[], type text, priority text, estimate integer,
  labels text[], dependencies uuid[], requirements text[]`;

/** Inserts cards. Their numbers are the caller's, from `projects.last_task_number`. */
export async function insertCards(
  manager: EntityManager,
  project: { workspaceId: string; projectId: string },
  cards: readonly StoredCard[],
): Promise<void> {
  if (cards.length === 0) return;
  await rows(
    manager,
    `INSERT INTO tasks (id, workspace_id, project_id, number, title, description, acceptance_criteria, type, priority, estimate,
       labels, dependencies, requirements, status, rank, origin, source_task_set_id, feature_id, base, created_at, updated_at)
     SELECT c.id, $1, $2, c.number, c.title, c.description, c.acceptance_criteria, c.type, c.priority, c.estimate,
       c.labels, c.dependencies, c.requirements, c.status, c.rank, c.origin, c.task_set_id, c.feature_id, c.base, now.at, now.at
     FROM (SELECT clock_timestamp() AS at) now, jsonb_to_recordset($3::jsonb) AS c (id uuid, number integer, ${FIELDS},
       status text, rank text, origin text, task_set_id uuid, feature_id uuid, base jsonb)`,
    [project.workspaceId, project.projectId, JSON.stringify(cards.map(toRow))],
  );
}

/** `updated_at` rises with each write, by a millisecond at least: with it a card's ETag changes. */
const TOUCHED = `updated_at = greatest(clock_timestamp(), t.updated_at + interval '1 millisecond')`;

/** Writes places alone. No card is given a rank that another one has still: the order of the rows does not matter. */
export async function moveCards(manager: EntityManager, cards: readonly StoredCard[]): Promise<void> {
  if (cards.length === 0) return;
  await rows(
    manager,
    `UPDATE tasks t SET status = c.status, rank = c.rank, ${TOUCHED}
     FROM jsonb_to_recordset($1::jsonb) AS c (id uuid, status text, rank text) WHERE t.id = c.id`,
    [JSON.stringify(cards.map(({ id, status, rank }) => ({ id, status, rank })))],
  );
}

/** Writes everything of cards that can change. */
export async function updateCards(manager: EntityManager, cards: readonly StoredCard[]): Promise<void> {
  if (cards.length === 0) return;
  await rows(
    manager,
    `UPDATE tasks t SET title = c.title, description = c.description, acceptance_criteria = c.acceptance_criteria,
       type = c.type, priority = c.priority, estimate = c.estimate, labels = c.labels, dependencies = c.dependencies,
       requirements = c.requirements, status = c.status, rank = c.rank, source_task_set_id = c.task_set_id,
       edited_fields = c.edited_fields, base = c.base, suggestion = c.suggestion, kept = c.kept,
       retired_at = CASE WHEN c.place = 'retired' THEN coalesce(t.retired_at, clock_timestamp()) END,
       deleted_at = CASE WHEN c.place = 'deleted' THEN coalesce(t.deleted_at, clock_timestamp()) END,
       ${TOUCHED}
     FROM jsonb_to_recordset($1::jsonb) AS c (id uuid, ${FIELDS}, status text, rank text, task_set_id uuid,
       edited_fields text[], base jsonb, suggestion jsonb, kept boolean, place text)
     WHERE t.id = c.id`,
    [JSON.stringify(cards.map(toRow))],
  );
}

function toRow(card: StoredCard): object {
  const { fields, base, suggestion, taskSetId, featureId, ...rest } = card;
  return {
    ...rest,
    ...fields,
    // A JSON null inside is not what the column has for nothing.
    ...(base && { base }),
    ...(suggestion && { suggestion }),
    task_set_id: taskSetId,
    feature_id: featureId,
    edited_fields: editedFields(card),
  };
}
