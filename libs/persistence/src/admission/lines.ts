import type { StepClass } from '@planwright/contracts';
import type { Turn, WaitingStep } from '@planwright/plan';
import type { EntityManager } from 'typeorm';
import { preparedRows } from '../sql.js';
import { readOldestSteps, WAITING } from './oldest-steps.js';
import type { OldestSteps } from './oldest-steps.js';

/** Where a workspace stands in a line between two rounds. */
export type Place = Omit<Turn, 'waiting' | 'more'>;

/** The line for the slots of one class. */
export interface Line {
  class: StepClass;
  /** So many of its steps may be handed out. */
  room: number;
  /** False if no step waits, whether there is room or not. */
  waits: boolean;
  /** The workspaces in the line, and those whose place is stored although they left it. Nobody where there is no room. */
  turns: readonly Turn[];
  /** The places that are stored, by workspace. */
  places: ReadonlyMap<string, Place>;
}

/** A backlog up to this long is read as it is: that takes half as long as the statement for backlogs of any length. */
const SHORT = 50;

interface Found {
  admitted: Partial<Record<StepClass, number>>;
  places: (Place & { class: StepClass })[];
  waiting: (WaitingStep & { class: StepClass; workspaceId: string })[];
}

/**
 * The lines of these classes, in the order given. There is room for as many steps as there are slots that none has, `most`
 * at most; a step has a slot from the moment its command is out until it ends. One statement, two for a long backlog.
 */
export async function readLines(
  manager: EntityManager,
  classes: readonly { class: StepClass; slots: number }[],
  most: number,
): Promise<Line[]> {
  const { admitted, places, waiting } = await read(manager);
  const rooms = classes.map(({ class: of, slots }) => {
    return { class: of, room: Math.max(0, Math.min(most, slots - (admitted[of] ?? 0))) };
  });
  const isShort = waiting.length <= SHORT;
  const oldest = isShort ? byWorkspace(waiting) : await readOldestSteps(manager, rooms);
  return rooms.map(({ class: of, room }) => {
    const steps = oldest.filter((each) => each.class === of);
    const waits = steps.length > 0 || !isShort;
    if (room === 0) return { class: of, room, waits, turns: [], places: new Map() };
    const kept = places.filter((each) => each.class === of).map(({ class: _, ...place }) => place);
    const stored = new Map(kept.map((place) => [place.workspaceId, place]));
    return { class: of, room, waits, turns: turnsOf(stored, steps), places: stored };
  });
}

async function read(manager: EntityManager): Promise<Found> {
  const [found] = await preparedRows<Found>(
    manager,
    'admission_lines',
    `SELECT (
       SELECT coalesce(json_object_agg(class, count), '{}') FROM (
         SELECT class, count(*) FROM steps
         WHERE status IN ('queued', 'running') AND admitted_at IS NOT NULL GROUP BY class
       ) admitted
     ) AS admitted, (
       SELECT coalesce(json_agg(place), '[]') FROM (
         SELECT class, workspace_id AS "workspaceId", turn, deficit, in_turn AS "inTurn" FROM admission_turns
       ) place
     ) AS places, (
       SELECT coalesce(json_agg(step), '[]') FROM (
         SELECT class, workspace_id AS "workspaceId", id AS "stepId", attempt, estimated_tokens AS tokens
         FROM steps WHERE ${WAITING} ORDER BY class, workspace_id, issued_at, id LIMIT $1
       ) step
     ) AS waiting`,
    [SHORT + 1],
  );
  return found ?? { admitted: {}, places: [], waiting: [] };
}

function byWorkspace(waiting: Found['waiting']): OldestSteps[] {
  const groups = Map.groupBy(waiting, (step) => `${step.class} ${step.workspaceId}`);
  return [...groups.values()].flatMap((steps) => {
    const [first] = steps;
    if (!first) return [];
    const oldest = steps.map(({ stepId, attempt, tokens }) => ({ stepId, attempt, tokens }));
    return [{ class: first.class, workspaceId: first.workspaceId, waiting: oldest, more: false }];
  });
}

/** Who joins comes after all that have a place. */
function turnsOf(places: ReadonlyMap<string, Place>, oldest: readonly OldestSteps[]): Turn[] {
  const steps = new Map(oldest.map((each) => [each.workspaceId, each]));
  const last = Math.max(0, ...[...places.values()].map(({ turn }) => turn));
  const joining = [...steps.keys()].filter((workspaceId) => !places.has(workspaceId));
  const joined = joining.map((workspaceId, i) => ({ workspaceId, turn: last + 1 + i, deficit: 0, inTurn: false }));
  return [...places.values(), ...joined].map((place) => {
    const { waiting, more } = steps.get(place.workspaceId) ?? { waiting: [], more: false };
    return { ...place, waiting, more };
  });
}
