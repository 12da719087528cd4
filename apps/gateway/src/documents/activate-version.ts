import type { ActivatedVersion, Actor, OutboxMessage, Tx } from '@planwright/persistence';
import { noteAudit, storeTaskSet, taskListsIn } from '@planwright/persistence';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound, RequestProblem } from '../http/problem.js';
import { tellBoard } from '../tasks/tell-board.js';

/**
 * Makes a version of a document the one readers get. No text changes, so nothing is lost: what was made from the version
 * that was active shows as stale where the texts differ. Cards follow the task set, as after a run that wrote it.
 */
export class ActivateVersion {
  constructor(private readonly makeChange: MakeChange) {}

  /** Answers the document. Throws 404, 409 `not_activatable` for a version without a usable text. */
  execute(by: Actor, request: ChangeRequest, versionId: string): Promise<ChangeAnswer> {
    const { workspaceId } = request;
    return this.makeChange.execute(request, async (tx) => {
      const found = await tx.documents.activate(workspaceId, versionId);
      if (!found) throw notFound('version', versionId);
      if (!found.isActive) {
        throw new RequestProblem('not_activatable', `The status of this version is \`${found.status}\`.`);
      }
      await noteAudit(tx, by, { action: 'version.activate', subject: versionId });
      const messages = found.status === 'ready' ? await this.storeCards(tx, workspaceId, versionId, found) : [];
      const document = await tx.read.document(workspaceId, found.documentId);
      if (!document) throw notFound('document', found.documentId);
      return { status: 200, body: document, messages };
    });
  }

  private async storeCards(
    tx: Tx,
    workspaceId: string,
    versionId: string,
    { projectId }: ActivatedVersion,
  ): Promise<OutboxMessage[]> {
    const sections = await taskListsIn(tx, versionId);
    if (sections.length === 0) return [];
    const { changes } = await storeTaskSet(tx, { projectId, versionId, sections });
    return tellBoard(tx, { workspaceId, projectId }, changes);
  }
}
