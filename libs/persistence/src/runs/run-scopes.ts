import type { EntityManager } from 'typeorm';
import { firstRow, rows } from '../sql.js';
import type { Conflict, InsertedRun, NewRun, WhenHeld } from './new-run.js';

/** What a run needs to say which things of a project it writes. */
export type ScopedRun = Pick<NewRun, 'id' | 'workspaceId' | 'projectId' | 'featureId'> & { scopes: readonly string[] };

interface Claim {
  scope: string;
  runId: string;
  waiting: boolean;
  stopping: boolean;
}

/**
 * Takes one row per thing a run writes. Held rows exclude each other, and so do waiting ones: one run writes a document,
 * and one waits for it. Where the run may not have them, nothing is written and the transaction stays usable.
 *
 * Locks, in this order: the project against deletion, inserts of other runs of it, the documents the run will write, the
 * project's row. The last puts this and `promoteWaiting` in a line; until then nothing is decided. Whoever ends a run
 * locks documents before the project's row as well, and runs before either: lock no run once this was called.
 */
export async function takeScopes(manager: EntityManager, run: ScopedRun, whenHeld: WhenHeld): Promise<InsertedRun> {
  // Most requests that are too late are so by far: they need no lock to be told.
  const early = conflictOf(await claims(manager, run), run, whenHeld);
  if (early) return { ok: false, conflict: early };
  await lockProject(manager, run);
  for (let round = 0; round < 5; round++) {
    const found = await claims(manager, run);
    const conflict = conflictOf(found, run, whenHeld);
    if (conflict) return { ok: false, conflict };
    const waitsFor = [...new Set(held(found).map(({ runId }) => runId))];
    if (await insertScopes(manager, run, waitsFor.length > 0)) return { ok: true, waitsFor };
    // A gateway of the release before this one does not stand in the line.
    await rows(manager, 'DELETE FROM run_scopes WHERE run_id = $1', [run.id]);
  }
  throw new Error(`the scopes of run ${run.id} change hands too fast`);
}

/** Runs that write one of these things now, oldest first. Locks nothing. */
export async function readHolders(manager: EntityManager, run: Omit<ScopedRun, 'id'>): Promise<string[]> {
  return [...new Set(held(await claims(manager, run)).map(({ runId }) => runId))].toSorted();
}

/** In the order in which the scopes are asked for. */
function claims(manager: EntityManager, run: Omit<ScopedRun, 'id'>): Promise<Claim[]> {
  return rows(
    manager,
    `SELECT scope, run_id AS "runId", waiting, r.cancel_requested_at IS NOT NULL AS stopping
     FROM run_scopes JOIN runs r ON r.id = run_id
     WHERE run_scopes.workspace_id = $1 AND run_scopes.project_id = $2 AND scope = ANY($3)
     ORDER BY array_position($3::text[], scope), waiting`,
    [run.workspaceId, run.projectId, run.scopes],
  );
}

const held = (found: readonly Claim[]): Claim[] => found.filter(({ waiting }) => !waiting);

/** Null where the run may be written: nobody holds what it writes, or it may wait and nobody else does. */
function conflictOf(found: readonly Claim[], { scopes }: ScopedRun, whenHeld: WhenHeld): Conflict | null {
  const [holder] = held(found);
  if (!holder) return null;
  if (whenHeld === 'refuse') return { scope: holder.scope, runId: holder.runId };
  const waiting = found.filter((claim) => claim.waiting);
  const [next] = waiting;
  if (!next) return null;
  const { scope, runId, stopping } = next;
  const covers = scopes.every((wanted) => waiting.some((claim) => claim.scope === wanted && claim.runId === runId));
  return { scope, runId, next: { covers, stopping } };
}

async function lockProject(manager: EntityManager, run: ScopedRun): Promise<void> {
  const project = [run.workspaceId, run.projectId];
  // Deletion takes the project before its documents, so we stand in its way first. Documents that are not there yet can't
  // be locked: of those who will make them only one comes past here.
  const inLine = await firstRow(
    manager,
    `SELECT pg_advisory_xact_lock(hashtextextended('runs of ' || id, 0)) FROM projects
     WHERE workspace_id = $1 AND id = $2 FOR KEY SHARE`,
    project,
  );
  if (!inLine) throw new Error(`project ${run.projectId} is not in workspace ${run.workspaceId}`);
  await rows(
    manager,
    `SELECT 1 FROM documents
     WHERE workspace_id = $1 AND project_id = $2
       AND (feature_id = $4 OR ($4::uuid IS NULL AND feature_id IS NULL AND kind = ANY($3)))
     ORDER BY id FOR NO KEY UPDATE`,
    [...project, run.scopes, run.featureId ?? null],
  );
  await rows(manager, 'SELECT 1 FROM projects WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE', project);
}

async function insertScopes(manager: EntityManager, run: ScopedRun, waiting: boolean): Promise<boolean> {
  const taken = await rows(
    manager,
    `INSERT INTO run_scopes (project_id, scope, workspace_id, run_id, waiting)
     SELECT $1, scope, $2, $3, $5 FROM unnest($4::text[]) AS scope ORDER BY scope
     ON CONFLICT DO NOTHING RETURNING 1`,
    [run.projectId, run.workspaceId, run.id, run.scopes, waiting],
  );
  return taken.length === run.scopes.length;
}
