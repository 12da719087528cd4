import type { ColumnsResource, ReplaceColumns as ReplaceColumnsBody } from '@planwright/contracts';
import { noteAudit } from '@planwright/persistence';
import type { Actor, ColumnInUse, Database, Tx } from '@planwright/persistence';
import { refuseOtherState } from '../http/if-match.js';
import type { Expected } from '../http/if-match.js';
import { notFound, RequestProblem } from '../http/problem.js';

/** Which board gets which columns, and which ones it has to have until then. */
export interface ColumnsChange {
  by: Actor;
  projectId: string;
  body: ReplaceColumnsBody;
  expected: Expected;
}

/** Gives a board other columns. One that holds cards can't vanish, for whichever project it does. */
export class ReplaceColumns {
  constructor(private readonly database: Database) {}

  /** Throws 404, 412 with the `current` ones, 409 `column_in_use` with the `columns` that hold cards. */
  execute({ by, projectId, body, expected }: ColumnsChange): Promise<ColumnsResource> {
    const { workspaceId } = by;
    return this.database.transaction(async (tx) => {
      if (!(await tx.read.project(workspaceId, projectId))) throw notFound('project', projectId);
      if (expected) {
        await tx.columns.inTurn(workspaceId);
        const current = { project_id: projectId, ...(await tx.read.columns(workspaceId, projectId)) };
        refuseOtherState(expected, current, 'board');
      }
      const replaced = await replace(tx, workspaceId, projectId, body);
      if (!replaced) throw notFound('project', projectId);
      // Thrown inside, so that nothing of it stays.
      if (!replaced.ok) throw inUse(replaced.inUse, body.scope);
      const { scope, columns } = replaced;
      // What a whole workspace gets is a change of the workspace.
      if (body.scope === 'workspace') await noteAudit(tx, by, { action: 'columns.replace', subject: workspaceId });
      return { project_id: projectId, scope, columns };
    });
  }
}

function replace(tx: Tx, workspaceId: string, projectId: string, { scope, columns }: ReplaceColumnsBody) {
  return scope === 'workspace' && columns
    ? tx.columns.replaceForWorkspace(workspaceId, projectId, columns)
    : tx.columns.replaceForProject(workspaceId, projectId, columns);
}

function inUse(columns: readonly ColumnInUse[], scope: ReplaceColumnsBody['scope']): RequestProblem {
  const where = scope === 'workspace' ? ' on boards of the workspace' : '';
  const named = columns.map(({ key, tasks }) => `${key} (${tasks} ${tasks === 1 ? 'card' : 'cards'})`).join(', ');
  return new RequestProblem('column_in_use', `Columns that would vanish hold cards${where}: ${named}.`, { columns });
}
