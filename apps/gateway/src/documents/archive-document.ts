import { noteAudit } from '@planwright/persistence';
import type { Actor } from '@planwright/persistence';
import type { ChangeAnswer, ChangeRequest, MakeChange } from '../changes/make-change.js';
import { notFound } from '../http/problem.js';

/** Puts a document aside. Its versions stay, and can be read and built upon; a new version brings it back. */
export class ArchiveDocument {
  constructor(private readonly makeChange: MakeChange) {}

  /** Answers the document; asking again changes nothing. Throws 404. */
  execute(by: Actor, request: ChangeRequest, documentId: string): Promise<ChangeAnswer> {
    return this.makeChange.execute(request, async (tx) => {
      await tx.documents.archive(request.workspaceId, documentId);
      const document = await tx.read.document(request.workspaceId, documentId);
      if (!document) throw notFound('document', documentId);
      await noteAudit(tx, by, { action: 'document.archive', subject: documentId });
      return { status: 200, body: document };
    });
  }
}
