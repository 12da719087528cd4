import { createTask, DEFAULT_WORKSPACE_ID } from '@planwright/contracts';
import { newId } from '@planwright/runtime';
import type { Database } from '../../src/index.js';
import type { BoardAnswer } from '../../src/tasks/board-answer.js';
import type { Tx } from '../../src/tx.js';
import { execute, newProject } from '../fixture.js';
import type { BoardUnderTest } from './board-model.js';

const ws = DEFAULT_WORKSPACE_ID;

/** A board in PostgreSQL, of a project of its own; one transaction for each act. */
export async function storedBoard(db: Database): Promise<BoardUnderTest> {
  const projectId = await newProject(db);
  const versionId = await newTaskSet(db, projectId);
  const change = async (work: (tx: Tx) => Promise<BoardAnswer>) => (await db.transaction(work)).ok;
  const at = (taskId: string) => ({ workspaceId: ws, taskId });
  const all = { limit: 10_000 };
  return {
    read: async () => {
      const on = await db.read.tasks(ws, projectId, all);
      const off = await db.read.tasks(ws, projectId, all, { deleted: true });
      return [...on.items, ...off.items].sort((a, b) => Number(a.key.slice(2)) - Number(b.key.slice(2)));
    },
    create: (task) => change((tx) => tx.tasks.create(ws, projectId, createTask.parse(task))),
    edit: (id, changes) => change((tx) => tx.tasks.edit(at(id), changes)),
    move: (id, to) => change((tx) => tx.tasks.move(at(id), to)),
    delete: (id) => change((tx) => tx.tasks.delete(at(id))),
    restore: (id) => change((tx) => tx.tasks.restore(at(id))),
    decide: (id, decision) => change((tx) => tx.tasks.decide(at(id), decision)),
    regenerate: async (drafts) => {
      await db.transaction((tx) => tx.tasks.mergeTaskSet(projectId, versionId, drafts));
    },
  };
}

async function newTaskSet(db: Database, projectId: string): Promise<string> {
  const [documentId, versionId] = [newId(), newId()];
  await execute(
    db,
    `INSERT INTO documents (id, workspace_id, project_id, kind, last_version_number) VALUES ($1, $2, $3, 'task_set', 1)`,
    [documentId, ws, projectId],
  );
  await execute(
    db,
    `INSERT INTO document_versions
       (id, workspace_id, document_id, number, status, blueprint_id, run_position, inputs, provider, model)
     VALUES ($1, $2, $3, 1, 'ready', 'task_set', 1, '{}', 'offline', 'writer')`,
    [versionId, ws, documentId],
  );
  return versionId;
}
